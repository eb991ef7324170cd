const rotate = (value: number, count: number): number => (value << count) | (value >>> (32 - count));

function padded(text: string): Uint32Array {
  const blocks = ((text.length + 8) >>> 6) + 1;
  const words = new Uint32Array(blocks * 16);
  for (let index = 0; index < text.length; index++) {
    words[index >> 2]! |= (text.charCodeAt(index) & 0xff) << (24 - (index & 3) * 8);
  }
  words[text.length >> 2]! |= 0x80 << (24 - (text.length & 3) * 8);
  words[words.length - 2] = Math.floor(text.length / 2 ** 29);
  words[words.length - 1] = (text.length << 3) >>> 0;
  return words;
}

/** SHA-1 of a byte string in lower-case hex (FIPS 180-4): what EVALSHA and redis.sha1hex use. Not for secrets. */
export function sha1Hex(text: string): string {
  const words = padded(text);
  const schedule = new Int32Array(80);
  let [a, b, c, d, e] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0];
  for (let block = 0; block < words.length; block += 16) {
    for (let index = 0; index < 80; index++) {
      schedule[index] =
        index < 16
          ? words[block + index]! | 0
          : rotate(
              schedule[index - 3]! ^ schedule[index - 8]! ^ schedule[index - 14]! ^ schedule[index - 16]!,
              1,
            );
    }
    const before = [a, b, c, d, e] as const;
    for (let index = 0; index < 80; index++) {
      const [mix, constant] =
        index < 20
          ? [(b & c) | (~b & d), 0x5a827999]
          : index < 40
            ? [b ^ c ^ d, 0x6ed9eba1]
            : index < 60
              ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
              : [b ^ c ^ d, 0xca62c1d6];
      const next = (rotate(a, 5) + mix + e + constant + schedule[index]!) | 0;
      [e, d, c, b, a] = [d, c, rotate(b, 30), a, next];
    }
    a = (a + before[0]) | 0;
    b = (b + before[1]) | 0;
    c = (c + before[2]) | 0;
    d = (d + before[3]) | 0;
    e = (e + before[4]) | 0;
  }
  return [a, b, c, d, e].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}
