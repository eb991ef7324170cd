import { answerParent } from '@penknife/testing';
import { workerDriver } from '../../src/worker.js';

const driver = workerDriver();

const acts = {
  increment: (key: string): Promise<number> => driver.send({ args: ['INCR', key], key, read: Number }),
};

/** For the types of the test. */
export type Acts = typeof acts;

answerParent(acts);
