/** Stands where a secret was. */
const REDACTED = '[redacted]';

/** Shorter values are words that turn up by chance; a key this short is no secret. */
const SHORTEST_SECRET = 8;

// Each starts only where its own alphabet does not continue to the left, and so reads a text once.
const LOOKS_LIKE_A_KEY = [
  /(?<![\w-])(?:sk|rk|pk)-[\w-]{16,}/g,
  /(?<![\w-])(?:gsk|hf|xai|pplx|r8|nvapi|ghp|gho|ghu|ghs|ghr|github_pat|glpat)[_-][\w-]{16,}/g,
  /(?<![\w-])AIza[\w-]{30,}/g,
  /(?<![\w-])xox[abeoprs]-[\w-]{10,}/g,
  /(?<!\w)A[KS]IA[A-Z0-9]{16}/g,
  /(?<![\w-])eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/g,
];
const AFTER_ITS_NAME = [
  /(?<!\w)(Bearer\s{1,4})[\w.~+/=-]{16,}/gi,
  /(api[_-]?key["']?\s{0,4}[:=]\s{0,4}["']?)[^\s"',;]{8,}/gi,
];
const IN_AN_ADDRESS = /(:\/\/)[^\s/:@]{0,256}:[^\s/@]{1,256}@/g;

/** Makes the function that takes the given secrets, and whatever looks like one, out of a text. Linear in the text. */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  // The longest first: a secret may contain another one.
  const known = secrets.filter((secret) => secret.length >= SHORTEST_SECRET).sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const secret of known) clean = clean.replaceAll(secret, REDACTED);
    for (const pattern of LOOKS_LIKE_A_KEY) clean = clean.replace(pattern, REDACTED);
    for (const pattern of AFTER_ITS_NAME) clean = clean.replace(pattern, `$1${REDACTED}`);
    return clean.replace(IN_AN_ADDRESS, `$1${REDACTED}@`);
  };
}

/** A copy of plain data with every string in it, keys too, passed through `redact`. */
export function redactDeep(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactDeep(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), redactDeep(item, redact)]));
}
