/**
 * The `Content-Disposition` of a download. Only letters, digits and dashes of a title get into a file name, so that no
 * title is a path, a device or a hidden file (RFC 6266: https://www.rfc-editor.org/rfc/rfc6266).
 */
export function fileName(title: string, at: string, extension: string): string {
  const words = title.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  const name = [...words.join('-')].slice(0, 60).join('').replace(/-+$/, '').toLowerCase();
  const plain = name
    .normalize('NFKD')
    .replace(/[^a-z0-9-]+/g, '')
    .replace(/-+/g, '-')
    .replace(/^-|-$/g, '');
  const whole = (middle: string) => `lightchat-${middle ? `${middle}-` : ''}${at.slice(0, 10)}.${extension}`;
  const ascii = `attachment; filename="${whole(plain)}"`;
  return plain === name ? ascii : `${ascii}; filename*=UTF-8''${encodeURIComponent(whole(name))}`;
}
