import { writeFileSync } from 'node:fs';
import { createClient } from 'redis';
import type { BenchCase, Contestant } from '../src/case.js';

const about = { question: 'What comes of it?', inFlight: [1] };

/** A contestant that promises nothing. */
export function contestant(name: string, run: () => Promise<unknown>, close: () => unknown): Contestant {
  return { name, guarantees: 'none', run, close: async () => void (await close()) };
}

const quiet = contestant(
  'it',
  async () => undefined,
  () => undefined,
);

/** Cases that fail in every way there is, between two that do not. */
export const benchCases: readonly BenchCase[] = [
  { ...about, name: 'bench/sound', prepare: async () => [quiet] },
  {
    ...about,
    name: 'bench/no-peer',
    // It leaves a client open that throws when its server goes.
    async prepare({ server: { url }, peers }) {
      await createClient({ url }).connect();
      return peers.load('a peer');
    },
  },
  {
    ...about,
    name: 'bench/refuses',
    prepare: async () => [
      contestant(
        'it',
        () => Promise.reject(new RangeError('no more')),
        () => undefined,
      ),
    ],
  },
  {
    ...about,
    name: 'bench/uncaught',
    prepare: async () => [
      contestant(
        'it',
        () =>
          new Promise(() => {
            setImmediate(() => {
              throw new TypeError('nobody catches this');
            });
          }),
        () => undefined,
      ),
    ],
  },
  {
    ...about,
    name: 'bench/last',
    prepare: async () => [quiet],
  },
  {
    ...about,
    name: 'bench/hangs',
    async prepare({ server: { port } }) {
      // For whoever interrupts it: this process and its server must not be left.
      writeFileSync(process.env.HANGING ?? '', JSON.stringify({ pid: process.pid, port }));
      return new Promise(() => undefined);
    },
  },
];
