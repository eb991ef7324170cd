import { createManualClock, cryptoRandom } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { expect, it } from 'vitest';
import { createFieldCodec } from '../src/data/field-text.js';
import { createKeyRing, type KeyRing } from '../src/key-ring.js';
import { csrfComplaints, fieldLifeComplaints, flashComplaints, sealComplaints } from './property/fields.js';
import { secretA, secretB } from './sample.js';
import { type PlantedBug, withBug } from './schedule/planted-bug.js';

function site(bug: PlantedBug | undefined) {
  const clock = createManualClock();
  return { clock, driver: withBug(createMemoryRedis({ clock, seed: 1 }).driver(), bug) };
}

it.each([
  [undefined, []],
  ['a save takes the messages of others', ['a message was lost']],
] as const)('flash messages, with the bug: %s', async (bug, complaints) => {
  expect(await flashComplaints(site(bug).driver)).toEqual(complaints);
});

it.each([
  [undefined, []],
  ['times of fields are dropped', ['a field outlived its time', 'what ran out stays on the server']],
  ['what ran out stays', ['what ran out stays on the server']],
] as const)('times of fields, with the bug: %s', async (bug, complaints) => {
  const { driver, clock } = site(bug);
  expect(await fieldLifeComplaints(driver, clock)).toEqual(complaints);
});

const ring = createKeyRing([secretB, secretA]);
const sealing: Pick<KeyRing, 'seal' | 'unseal'> = ring;
const encoded = (text: string): string => `$a.${Buffer.from(text, 'utf8').toString('base64url')}`;

it.each([
  ['none', sealing, []],
  [
    'sealed for any name',
    {
      seal: (_purpose, text, random) => ring.seal('', text, random),
      unseal: (_purpose, text) => ring.unseal('', text),
    },
    ['it opens under another name'],
  ],
  [
    'encoded, not encrypted',
    {
      seal: (_purpose, text) => encoded(text),
      unseal: (_purpose, text) => Buffer.from(text.slice(3), 'base64url').toString(),
    },
    [
      'it is legible',
      'the same text looks the same',
      'it opens under another name',
      'it opens though it was changed',
    ],
  ],
  [
    'the same nonce each time',
    {
      seal: (purpose, text) => ring.seal(purpose, text, { ...cryptoRandom, bytes: (n) => new Uint8Array(n) }),
      unseal: ring.unseal,
    },
    ['the same text looks the same'],
  ],
] as readonly (readonly [string, typeof sealing, readonly string[]])[])(
  'sealed fields, with the bug: %s',
  (_bug, keys, complaints) => {
    expect(sealComplaints(createFieldCodec(keys, new Set(['secret', 'second']), cryptoRandom))).toEqual(
      complaints,
    );
  },
);

it('sealed fields, with the bug: the list of them is forgotten', () => {
  expect(sealComplaints(createFieldCodec(ring, new Set(), cryptoRandom))).toEqual([
    'it is legible',
    'the same text looks the same',
    'it opens under another name',
    'plain text is taken for it',
    'it opens though it was changed',
  ]);
});

const older = createKeyRing([secretA]);
const plainRandom = { ...cryptoRandom, bytes: (n: number) => new Uint8Array(n) };

it.each([
  ['none', {}, []],
  [
    'any subject',
    {
      csrfToken: (_subject, random) => ring.csrfToken('', random),
      isCsrfToken: (_subject, token) => ring.isCsrfToken('', token),
    },
    ['an older secret is refused', 'a token of another subject is accepted'],
  ],
  [
    'only the shape is looked at',
    { isCsrfToken: (_subject, token) => typeof token === 'string' && token.length === 43 },
    ['a token of another subject is accepted', 'a changed token is accepted'],
  ],
  [
    'only the current secret counts',
    { isCsrfToken: createKeyRing([secretB]).isCsrfToken },
    ['an older secret is refused'],
  ],
  [
    'no mask',
    { csrfToken: (subject) => ring.csrfToken(subject, plainRandom) },
    ['a token looks the same each time'],
  ],
  [
    'nothing is refused',
    { isCsrfToken: () => true },
    ['a token of another subject is accepted', 'a changed token is accepted', 'rubbish is accepted'],
  ],
] as readonly (readonly [string, Partial<KeyRing>, readonly string[]])[])(
  'the token against forged requests, with the bug: %s',
  (_bug, change, complaints) => {
    expect(csrfComplaints({ ...ring, ...change }, older, cryptoRandom)).toEqual(complaints);
  },
);
