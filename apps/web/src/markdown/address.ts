/** Which addresses written by a model may be opened, and which images may be shown. */

const openable = new Set(['http:', 'https:', 'mailto:']);
const inlineImage = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*$/;

/** The address as the browser will read it if it is absolute and http, https or mailto; else null. */
export function openableAddress(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  return openable.has(url.protocol) ? url.href : null;
}

/** A picture that carries its own bytes, in a format that cannot hold script. */
export function isInlineImage(address: string): boolean {
  return inlineImage.test(address);
}
