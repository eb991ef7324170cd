import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import { InvalidArgumentError, type RandomSource } from '@penknife/core';

/** One secret of the ring. `id` appears in cookies and tells which secret made them. */
export interface SessionSecret {
  /** 1 to 8 letters, digits, `_` or `-`. Never give the id of an old secret to a new one. */
  readonly id: string;
  /** At least 32 bytes of chance. */
  readonly secret: string | Uint8Array;
}

/** Where a session is kept. Holds no id: nothing here lets anybody in. */
export interface Place {
  readonly tag: string;
  /** The keyed hash of the id. */
  readonly entry: string;
}

/** A place together with the token that leads to it. */
export interface Minted extends Place {
  readonly token: string;
  /** True when the token was made with the first secret of the ring. */
  readonly current: boolean;
}

/** Makes and checks tokens, and hashes what must not be seen. */
export interface KeyRing {
  /** A new token: 144 bits of chance, in the slot of `tag` (default: one of its own). */
  mint(random: RandomSource, tag?: string): Minted;
  /** Where a token leads; null for anything this ring did not sign. Compares in constant time and asks nobody. */
  open(token: unknown): Minted | null;
  /** The tags of a user, one for each secret, the current one first. */
  tagsOf(user: string): readonly [string, ...string[]];
  /** Where what others named is kept, one place for each secret, the current one first. */
  placesOf(name: string, shards: number): readonly [Place, ...Place[]];
  /** A token against forged requests, bound to `subject`; masked, so that it differs each time and a compressed page does not give it away. */
  csrfToken(subject: string, random: RandomSource): string;
  /** True for a token of this subject, whichever secret made it. Compares in constant time. */
  isCsrfToken(subject: string, token: unknown): boolean;
  /** Text that only this ring can read and make (AES-256-GCM), for this purpose alone. Starts with `$`. */
  seal(purpose: string, text: string, random: RandomSource): string;
  /** What was sealed; null for anything else. */
  unseal(purpose: string, sealed: string): string | null;
}

interface RingKey {
  readonly id: string;
  readonly token: Buffer;
  readonly hash: Buffer;
  readonly user: Buffer;
  readonly csrf: Buffer;
  readonly seal: Buffer;
}

const tagLength = 16;
const chanceLength = 24;
/** Of a token's keyed hash, in base64url: this much signs it, the rest names the place of its session. */
const signatureLength = 21;
const idRule = /^[A-Za-z0-9_-]{1,8}$/;
const placeRule = /^[A-Za-z0-9_-]{38}$/;
const nonceBytes = 12;
const sealBytes = 16;
const csrfBytes = 16;
const csrfRule = /^[A-Za-z0-9_-]{43}$/;
const longestToken = 8 + 1 + tagLength + chanceLength + 1 + signatureLength;

/** Reads the secrets; throws `InvalidArgumentError` naming the rule, never a secret. */
export function createKeyRing(secrets: readonly SessionSecret[]): KeyRing {
  if (!Array.isArray(secrets) || secrets.length < 1 || secrets.length > 8) {
    throw new InvalidArgumentError(
      'secrets',
      'must be a list of 1 to 8 secrets, the current one first',
      typeof secrets,
    );
  }
  const keys = secrets.map(readSecret);
  if (new Set(keys.map(({ id }) => id)).size < keys.length) {
    throw new InvalidArgumentError('secrets', 'must have ids that differ', typeof secrets);
  }
  const [current] = keys as [RingKey, ...RingKey[]];
  const tagOf = (key: RingKey, user: string): string => keyed(key.user, user, 12);

  return {
    mint(random, tag = chance(random, 12)) {
      const id = tag + chance(random, 18);
      const body = `${current.id}.${id}`;
      const { signature, entry } = signed(current.token, body);
      return { tag, entry, token: `${body}.${signature}`, current: true };
    },
    open(token) {
      if (typeof token !== 'string' || token.length > longestToken) return null;
      const dot = token.indexOf('.');
      const bodyLength = dot + 1 + tagLength + chanceLength;
      if (dot < 1 || token.length !== bodyLength + 1 + signatureLength || token[bodyLength] !== '.')
        return null;
      const kid = token.slice(0, dot);
      const key = keys.find(({ id }) => id === kid);
      if (key === undefined) return null;
      const { signature, entry } = signed(key.token, token.slice(0, bodyLength));
      const expected = Buffer.from(signature, 'latin1');
      const given = Buffer.from(token.slice(bodyLength + 1), 'utf8');
      // The text is compared, not what it decodes to: base64 has several texts for the same bytes.
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
      return { tag: token.slice(dot + 1, dot + 1 + tagLength), entry, token, current: key === current };
    },
    tagsOf: (user) => keys.map((key) => tagOf(key, user)) as [string, ...string[]],
    placesOf: (name, shards) =>
      keys.map(({ hash }) => {
        const bytes = digest(hash, name, 18);
        const shard = bytes.readUInt16BE(16) % shards;
        return { tag: String(shard), entry: bytes.subarray(0, 16).toString('base64url') };
      }) as [Place, ...Place[]],
    csrfToken(subject, random) {
      const mask = random.bytes(csrfBytes);
      const masked = digest(current.csrf, subject, csrfBytes).map((byte, i) => byte ^ (mask[i] ?? 0));
      return Buffer.concat([mask, masked]).toString('base64url');
    },
    isCsrfToken(subject, token) {
      if (typeof token !== 'string' || !csrfRule.test(token)) return false;
      const bytes = Buffer.from(token, 'base64url');
      const given = bytes.subarray(csrfBytes).map((byte, i) => byte ^ (bytes[i] ?? 0));
      return keys.some((key) => timingSafeEqual(given, digest(key.csrf, subject, csrfBytes)));
    },
    seal(purpose, text, random) {
      const nonce = random.bytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', current.seal, nonce);
      cipher.setAAD(Buffer.from(purpose, 'utf8'));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return `$${current.id}.${Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url')}`;
    },
    unseal(purpose, sealed) {
      const dot = sealed.indexOf('.');
      const key = keys.find(({ id }) => id === sealed.slice(1, dot));
      const bytes = Buffer.from(sealed.slice(dot + 1), 'base64url');
      if (sealed[0] !== '$' || key === undefined || bytes.length < nonceBytes + sealBytes) return null;
      const decipher = createDecipheriv('aes-256-gcm', key.seal, bytes.subarray(0, nonceBytes));
      decipher.setAAD(Buffer.from(purpose, 'utf8'));
      decipher.setAuthTag(bytes.subarray(-sealBytes));
      try {
        const text = decipher.update(bytes.subarray(nonceBytes, -sealBytes));
        return Buffer.concat([text, decipher.final()]).toString('utf8');
      } catch {
        // Not of this ring, of another purpose, or changed: which of them is nobody's business.
        return null;
      }
    },
  };
}

/** The name of a place that may be shown and logged: it opens nothing. */
export function publicIdOf(place: Place): string {
  return place.tag + place.entry;
}

/** The place that a public id names; null when it cannot be one. */
export function placeOf(publicId: unknown): Place | null {
  if (typeof publicId !== 'string' || !placeRule.test(publicId)) return null;
  return { tag: publicId.slice(0, tagLength), entry: publicId.slice(tagLength) };
}

function readSecret(given: SessionSecret): RingKey {
  const { id, secret } = given ?? {};
  if (typeof id !== 'string' || !idRule.test(id)) {
    throw new InvalidArgumentError(
      'secrets',
      'must have ids of 1 to 8 letters, digits, `_` or `-`',
      typeof id,
    );
  }
  const bytes = typeof secret === 'string' ? Buffer.from(secret, 'utf8') : secret;
  if (!(bytes instanceof Uint8Array) || bytes.byteLength < 32) {
    throw new InvalidArgumentError('secrets', 'must be of at least 32 bytes each', typeof secret);
  }
  const derived = (purpose: string): Buffer =>
    createHmac('sha256', bytes).update(`penknife session 1 ${purpose}`).digest();
  const [token, hash, user, csrf, seal] = ['token', 'hash', 'user', 'csrf', 'seal'].map(derived) as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ];
  return { id, token, hash, user, csrf, seal };
}

/**
 * One keyed hash for both: its 256 bits are as good as chance to whoever has not the key, so neither part tells anything of the
 * other. The signature has 126 of them, the entry 130.
 */
function signed(key: Buffer, body: string): { readonly signature: string; readonly entry: string } {
  const text = createHmac('sha256', key).update(body, 'utf8').digest('base64url');
  return { signature: text.slice(0, signatureLength), entry: text.slice(signatureLength) };
}

function digest(key: Buffer, text: string, bytes: number): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest().subarray(0, bytes);
}

function keyed(key: Buffer, text: string, bytes: number): string {
  return digest(key, text, bytes).toString('base64url');
}

function chance(random: RandomSource, bytes: number): string {
  return Buffer.from(random.bytes(bytes)).toString('base64url');
}
