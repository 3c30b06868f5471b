/** Longest piece of upstream text that goes into a message. */
const MAX_EXCERPT = 300;

/**
 * Upstream text made fit for a message: one line, no control or direction characters, nothing equal to
 * the secret, cut to a bounded length.
 */
export function cleanText(text: string, secret: string | null, max = MAX_EXCERPT): string {
  // Cut generously first, so that a huge text is not scanned; the secret is removed before the real cut,
  // so that no part of it is left at the edge.
  const most = max * 8;
  let clean = text.slice(0, most);
  if (secret && secret.length >= 4) {
    // Whoever quotes a key may do so in other letters, and the generous cut may go through it.
    clean = clean.replace(new RegExp(secret.replace(/\W/g, '\\$&'), 'gi'), '[key]');
    if (text.length > most) clean = clean.slice(0, 1 - secret.length);
  }
  clean = clean
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .toWellFormed();
  return clean.length > max ? `${clean.slice(0, max).toWellFormed()}…` : clean;
}

/** How a message tells which key was refused, without telling the key. */
export function nameKey(secret: string | null): string {
  if (!secret) return 'No API key is set';
  return secret.length >= 8 ? `The API key ending in ${secret.slice(-4)}` : 'The API key';
}

/** The title of an HTML page as plain text, for messages about pages that came instead of answers. */
export function htmlTitle(html: string): string | undefined {
  const title = /<title[^>]*>([^<]{1,500})/i.exec(html)?.[1];
  return title && (plainText(title).trim() || undefined);
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", '#39': "'" };

/** Decoded once: what a page shows as `&lt;` stays so. */
function plainText(html: string): string {
  return html.replace(/&(amp|lt|gt|quot|apos|#39);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
