import { answerParent, machineTimeMs } from '../../src/index.js';

/** What the worker of the tests can do. */
const acts = {
  add: (a: number, b: number): number => a + b,
  fence: (): bigint => 2n ** 60n,
  time: (): number => machineTimeMs(),
  async refuse(): Promise<never> {
    throw Object.assign(new RangeError('not today'), { code: 'E_TODAY' });
  },
  /** Answers never, and says when it has begun. */
  hang(): Promise<never> {
    parent.report('hanging');
    return new Promise(() => undefined);
  },
  spin(): void {
    parent.report('spinning');
    for (;;);
  },
  leave(code: number): never {
    console.log('I am leaving');
    process.exit(code);
  },
  variable: (name: string): string | undefined => process.env[name],
};

/** For the types of the test. */
export type Acts = typeof acts;

const parent = answerParent(acts);
