import { answerParent, casesFor, runDriverContract } from '@penknife/testing';
import { mockSetup } from '../../src/columns/mock/mock-setup.js';
import type { MockOutcome } from './lacked-list.js';

/** Longer than a case waits for anything: what is not over by then hangs. */
const caseMs = 3000;

// A case that was given up goes on failing, where nobody listens any more.
process.on('unhandledRejection', () => undefined);

/** Runs one case on data of its own. */
async function outcomeOf(name: string): Promise<MockOutcome> {
  const setup = mockSetup();
  let run: () => Promise<void> = () => Promise.resolve();
  const take = (title: string, body: () => Promise<void>): void => {
    if (title === name) run = body;
  };
  const it = Object.assign(take, { skip: take });
  runDriverContract({ describe: (_title, define) => define(), it }, setup);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it hangs')), caseMs);
  });
  try {
    await Promise.race([run(), late]);
    return { name };
  } catch (error) {
    return { name, failure: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
    void setup.close();
  }
}

const acts = {
  async outcomes(): Promise<readonly MockOutcome[]> {
    const outcomes: MockOutcome[] = [];
    for (const { name } of casesFor({ topology: 'single' })) outcomes.push(await outcomeOf(name));
    return outcomes;
  },
};

/** For the types of the test. */
export type Acts = typeof acts;

answerParent(acts);
