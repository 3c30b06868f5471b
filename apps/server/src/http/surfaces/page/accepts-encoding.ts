/** Whether an `Accept-Encoding` header allows `encoding` (RFC 9110, section 12.5.3); absent, it allows none. */
export function acceptsEncoding(header: string | string[] | undefined, encoding: string): boolean {
  for (const item of String(header ?? '').split(',')) {
    const [name, ...parameters] = item.split(';').map((text) => text.trim().toLowerCase());
    if (name === encoding) return !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  }
  return false;
}
