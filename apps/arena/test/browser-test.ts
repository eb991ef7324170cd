import type { Browser, Page } from '@penknife/browser';
import { findBrowser, openBrowser, openPage } from '@penknife/browser';
import { requireServers } from '@penknife/redis-servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arenaOn, type RunningArena } from './arena-on.js';
import { backends } from './backends.js';

/** Every day each test meets memory, a server, a cluster, and both clients; in the full tier all five backends. Decision 0048. */
const everyday: ReadonlySet<string> = new Set(['memory', 'node-redis, one server', 'ioredis, cluster']);
const full = process.env.PENKNIFE_TIER === 'full';

const executable = findBrowser();
const servers = await requireServers();

/** What a test does, on instance A's page. */
type BrowserRun = (test: {
  readonly page: Page;
  readonly arena: RunningArena;
  /** What the page has complained about. A test that makes it complain takes that out. */
  readonly complaints: string[];
}) => Promise<void>;

/** How a test runs. */
interface BrowserTestOptions {
  readonly instances: number;
  /** The panel that the page shows alone. Default: all of them. */
  readonly panel?: string;
  /** On which of the tier's backends. Default: on all of them. */
  on?(backend: string): boolean;
  /** How long it may take. Default: as any test. */
  readonly timeoutMs?: number;
}

/** One browser for all tests of a file: each has a page with cookies of its own. */
let shared: Promise<Browser> | undefined;

/** Asked for by every call, as files may share this module: the file's first ends the browser, and the next file opens its own. */
async function closeBrowser(): Promise<void> {
  const opened = shared;
  shared = undefined;
  await (await opened)?.close();
}

/**
 * Tests in a real browser, by name, on every backend, or those wanted. They run one after another on the same instances, each on a
 * new page with cookies of its own: so each goes by users of its own. Anything a page complains about fails its test.
 */
export function browserTests(
  { instances, panel, on = () => true, timeoutMs }: BrowserTestOptions,
  tests: Readonly<Record<string, BrowserRun>>,
): void {
  afterAll(closeBrowser);
  for (const [backend, open] of backends.filter(([title]) => on(title) && (full || everyday.has(title)))) {
    describe.skipIf(executable === undefined || (!servers && backend !== 'memory'))(`on ${backend}`, () => {
      let arena: RunningArena;
      let browser: Browser;
      beforeAll(async () => {
        shared ??= openBrowser(executable ?? '');
        [browser, arena] = await Promise.all([shared, arenaOn(open, instances)]);
      });
      afterAll(() => arena.end());

      for (const [name, run] of Object.entries(tests)) {
        it(name, { ...(timeoutMs && { timeout: timeoutMs }) }, async () => {
          const { page, complaints } = await openPage(
            browser,
            `${arena.addresses[0] ?? ''}/${panel === undefined ? '' : `?panel=${panel}`}`,
          );
          try {
            await run({ page, arena, complaints });
            expect(complaints).toEqual([]);
          } finally {
            await page.close();
          }
        });
      }
    });
  }
}

/** One test on instances of its own. */
export function browserTest(name: string, options: BrowserTestOptions, run: BrowserRun): void {
  browserTests(options, { [name]: run });
}
