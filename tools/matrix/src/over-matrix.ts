import { requireServers } from '@penknife/redis-servers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Column, ColumnFacts, World } from './column.js';
import { columns as standardColumns } from './columns.js';
import { type AnyKeys, undeclaredKeys } from './lasting-keys.js';

/** What a suite gets in each column. */
export interface MatrixContext
  extends Omit<World, 'driverWithClient' | 'reset' | 'lastingKeys' | 'slowCommands' | 'close'> {
  readonly column: ColumnFacts;
  /** `it` where the condition holds; elsewhere a skipped test that shows the reason. */
  where(condition: boolean, reason: string): (name: string, run: () => Promise<void> | void) => void;
}

/** How a suite runs over the matrix. */
export interface MatrixOptions {
  /** Default: memory, and each client on a single server and on a cluster. */
  readonly columns?: readonly Column[];
  /** The keys of the pattern under test: whatever a test leaves behind must have a TTL or be declared durable. */
  readonly keys?: AnyKeys | readonly AnyKeys[];
  /** False for suites that are slow on purpose. Default: a command above 5 ms fails the column; see `slowCommandsOf`. */
  readonly slowLog?: boolean;
}

const haveServers = await requireServers();

/** A flavour that is not installed is downloaded first. */
const openingMs = 120_000;

/**
 * Runs a suite once per column, each as its own `describe` with its own servers, emptied before each test. Drivers of the
 * context are closed after the test they were made in.
 *
 * ```ts
 * overMatrix('locks', ({ driver, advance }) => {
 *   it('expires', async () => { const locks = createLocks(await driver()); … await advance(50); … });
 * });
 * ```
 */
export function overMatrix(
  name: string,
  define: (context: MatrixContext) => void,
  options: MatrixOptions = {},
): void {
  for (const column of options.columns ?? standardColumns) {
    const missing = isServerless(column) || haveServers ? undefined : 'no redis-server here';
    const title =
      missing === undefined ? `${name} [${column.name}]` : `${name} [${column.name}] (skipped: ${missing})`;
    describe.skipIf(missing !== undefined)(title, () => defineColumn(column, define, options));
  }
}

/**
 * Opens a column's world around the tests of the enclosing `describe`, and checks what they left behind. Where the column's
 * server cannot be had, its tests are skipped with that reason; under CI they fail with the ways to get one.
 */
export function inColumn(column: Column, options: Omit<MatrixOptions, 'columns'> = {}): () => World {
  let world: World | undefined;
  let missing: string | undefined;
  const opened = (): World => {
    if (world === undefined) throw new Error(`the column "${column.name}" is open only while its tests run`);
    return world;
  };
  beforeAll(async () => {
    missing = await missingFor(column);
    if (missing === undefined) world = await column.open();
  }, openingMs);
  beforeEach(async (context) => {
    if (missing !== undefined) context.skip(missing);
    await opened().reset();
  });
  const declarations = options.keys === undefined ? undefined : [options.keys].flat();
  afterEach(async () => {
    if (declarations === undefined || world === undefined) return;
    expect(undeclaredKeys(await opened().lastingKeys(), declarations), 'keys left behind').toEqual([]);
  });
  afterAll(async () => {
    if (world === undefined) return;
    const { slowCommands, close } = world;
    const slow =
      options.slowLog === false ? [] : await slowCommands().catch((error: unknown) => [String(error)]);
    world = undefined;
    await close();
    expect(slow, `commands above 5 ms on ${column.name}`).toEqual([]);
  });
  return opened;
}

function isServerless({ memory, serverless = memory }: Column): boolean {
  return serverless;
}

async function missingFor(column: Column): Promise<string | undefined> {
  if (isServerless(column)) return undefined;
  const { flavour } = column;
  if (await requireServers(flavour === undefined ? {} : { flavour })) return undefined;
  return `no ${flavour ?? 'redis'} server here`;
}

function defineColumn(
  column: Column,
  define: (context: MatrixContext) => void,
  options: MatrixOptions,
): void {
  const world = inColumn(column, options);
  define({
    column,
    driver: (driverOptions) => world().driver(driverOptions),
    startWorker: (module, options) => world().startWorker(module, options),
    clock: whileOpen(() => world().clock),
    advance: (ms) => world().advance(ms),
    admin: (...args) => world().admin(...args),
    faults: whileOpen(() => world().faults),
    counts: (run) => world().counts(run),
    where(condition, reason) {
      return (name, run) => {
        if (condition) it(name, run);
        else it.skip(`${name} (skipped: ${reason})`, run);
      };
    },
  });
}

/** Stands in for something that exists only while tests run, so that a suite can take it when it is defined. */
function whileOpen<T extends object>(current: () => T): T {
  return new Proxy({} as T, { get: (_, name) => Reflect.get(current(), name) });
}
