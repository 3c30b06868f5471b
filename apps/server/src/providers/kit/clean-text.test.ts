import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText, htmlTitle, nameKey } from './clean-text.ts';

describe('upstream text in messages', () => {
  it('[U20] never holds the key, wherever it stands', () => {
    const secret = 'sk-secret-0123456789';
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.integer({ min: 0, max: 600 }), (before, after, padding) => {
        const text = `${before}${'x'.repeat(padding)}${secret}${after}`;
        expect(cleanText(text, secret)).not.toContain(secret);
      }),
    );
  });

  it('[U20] has no part of the key at the edge of the cut', () => {
    const secret = 'sk-secret-0123456789';
    for (let padding = 270; padding <= 300; padding += 1) {
      expect(cleanText('x'.repeat(padding) + secret, secret)).not.toContain('sk-');
    }
  });

  it('[U20] has no part of the key behind what the cut leaves out of sight', () => {
    const secret = 'sk-secret-0123456789';
    for (let spaces = 2375; spaces <= 2400; spaces += 1) {
      expect(cleanText(`No.${' '.repeat(spaces - 3)}${secret}`, secret)).not.toContain('sk-');
    }
  });

  it('[U20] never holds the key in other letters, as the kind of an error is read', () => {
    expect(cleanText('bad_key sk-secret.0+1', 'Sk-SECRET.0+1')).toBe('bad_key [key]');
    expect(cleanText('sk-secretx0+1', 'Sk-SECRET.0+1')).toBe('sk-secretx0+1');
  });

  it('[U10] is one bounded line without control or direction characters', () => {
    expect(cleanText('a\u0000b\r\nc\u001b[31md\u202ee\u2028f', null)).toBe('a b c [31md e f');
    const long = cleanText('word '.repeat(10_000), null);
    expect(long.length).toBeLessThanOrEqual(301);
    expect(long.endsWith('…')).toBe(true);
  });

  it('[U11] is never cut inside a character', () => {
    expect(cleanText('😀'.repeat(400), null, 11).isWellFormed()).toBe(true);
  });

  it('[U20] a key is named by its last four characters, unless that would tell most of it', () => {
    expect(nameKey('sk-abcdefgh1234')).toBe('The API key ending in 1234');
    expect(nameKey('abc123')).toBe('The API key');
    expect(nameKey(null)).toBe('No API key is set');
  });

  it('[U15] the title of a page is found, if it has one', () => {
    expect(htmlTitle('<html><head><TITLE lang="en">\n Sign in </TITLE>')).toBe('Sign in');
    expect(htmlTitle('<html><body>no title</body>')).toBeUndefined();
    expect(htmlTitle('<title> \n </title>')).toBeUndefined();
  });

  it('[U15] a title is plain text: its entities are decoded, once', () => {
    expect(htmlTitle('<title>R&amp;D &lt;login&gt; &quot;5&quot; &apos;6&#39;</title>')).toBe('R&D <login> "5" \'6\'');
    expect(htmlTitle('<title>&amp;lt; &nbsp; &unknown;</title>')).toBe('&lt; &nbsp; &unknown;');
  });
});
