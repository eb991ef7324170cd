const star = 42;
const question = 63;
const open = 91;
const close = 93;
const backslash = 92;
const caret = 94;
const dash = 45;

/**
 * Whether a text matches a glob pattern by the rules of Redis: `*`, `?`, `[a-c]`, `[^x]`, backslash. Byte by byte.
 * One star is undone at a time, so the cost is bounded by pattern length times text length.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let starAt = -1;
  let starText = 0;
  while (t < text.length) {
    const step = p < pattern.length ? matchOne(pattern, p, text.charCodeAt(t)) : -1;
    if (step === 0) {
      while (pattern.charCodeAt(p) === star) p++;
      if (p === pattern.length) return true;
      starAt = p;
      starText = t;
    } else if (step > 0) {
      p = step;
      t++;
    } else if (starAt >= 0) {
      p = starAt;
      starText++;
      t = starText;
    } else {
      return false;
    }
  }
  while (pattern.charCodeAt(p) === star) p++;
  return p === pattern.length;
}

/** The place after the pattern element at `p` when it takes the byte, -1 when not, 0 for a star. */
function matchOne(pattern: string, p: number, byte: number): number {
  const element = pattern.charCodeAt(p);
  if (element === star) return 0;
  if (element === question) return p + 1;
  if (element === open) return matchClass(pattern, p + 1, byte);
  if (element === backslash && p + 1 < pattern.length) return pattern.charCodeAt(p + 1) === byte ? p + 2 : -1;
  return element === byte ? p + 1 : -1;
}

function matchClass(pattern: string, from: number, byte: number): number {
  let p = from;
  const negated = pattern.charCodeAt(p) === caret;
  if (negated) p++;
  let found = false;
  // A class that is never closed ends with the pattern, as in Redis.
  while (p < pattern.length && pattern.charCodeAt(p) !== close) {
    const first = pattern.charCodeAt(p);
    if (first === backslash && p + 1 < pattern.length) {
      p++;
      if (pattern.charCodeAt(p) === byte) found = true;
    } else if (pattern.charCodeAt(p + 1) === dash && p + 2 < pattern.length) {
      const last = pattern.charCodeAt(p + 2);
      if (byte >= Math.min(first, last) && byte <= Math.max(first, last)) found = true;
      p += 2;
    } else if (first === byte) {
      found = true;
    }
    p++;
  }
  return found !== negated ? Math.min(p + 1, pattern.length) : -1;
}
