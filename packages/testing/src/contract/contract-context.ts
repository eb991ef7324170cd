import assert from 'node:assert/strict';
import type { Driver, Lane, Topology } from '@penknife/core';
import type { ContractDriverOptions, ContractFaults, ContractSetup } from './contract-setup.js';

/** What a case works with. Everything it opens is closed after it. */
export interface ContractContext {
  readonly topology: Topology;
  readonly setup: ContractSetup;
  /** A fresh driver of its own client. */
  driver(options?: ContractDriverOptions): Promise<Driver>;
  /** A fresh lane of a driver. */
  lane(driver: Driver, key?: string): Promise<Lane>;
  /** A key of this case alone. All keys of a case share a slot, unless `tag` gives another hash tag. */
  key(name: string, tag?: string): string;
  /** The fault, or a failure that says that the setup has to supply it. */
  fault<K extends keyof ContractFaults>(name: K): NonNullable<ContractFaults[K]>;
  /** Lets time pass in small steps until `check` holds; fails after `patience` (default 1) times the setup's patience. */
  eventually(what: string, check: () => boolean | Promise<boolean>, patience?: number): Promise<void>;
  /** Awaits a call that needs time to pass, such as one that waits for a new connection. */
  passing<T>(call: Promise<T>): Promise<T>;
  /** Runs after the case, last registered first, whatever became of it. */
  atEnd(act: () => unknown): void;
}

const stepMs = 5;
let caseNumber = 0;

/** Runs one case with a context and cleans up after it. The case's own failure outranks one of the clean-up. */
export async function withContext(
  setup: ContractSetup,
  run: (context: ContractContext) => Promise<void>,
): Promise<void> {
  const ends: (() => unknown)[] = [];
  const ownTag = `case${++caseNumber}`;
  const context: ContractContext = {
    topology: setup.topology,
    setup,
    async driver(options) {
      const driver = await setup.create(options);
      ends.push(() => driver.close());
      return driver;
    },
    async lane(driver, key) {
      const lane = await driver.openLane(key === undefined ? {} : { key });
      ends.push(() => lane.close());
      return lane;
    },
    key: (name, tag = ownTag) => `contract:{${tag}}:${name}`,
    fault(name) {
      const fault = setup.faults[name];
      assert.ok(
        fault,
        `this setup supplies no faults.${name}: supply it, or list the case in skips with the reason`,
      );
      return fault;
    },
    async eventually(what, check, patience = 1) {
      const withinMs = patience * (setup.patienceMs ?? 5000);
      for (let waitedMs = 0; waitedMs < withinMs; waitedMs += stepMs) {
        if (await check()) return;
        await setup.advance(stepMs);
      }
      assert.fail(`${what}: not within ${withinMs} ms`);
    },
    async passing(call) {
      let settled = false;
      const end = (): void => {
        settled = true;
      };
      call.then(end, end);
      await context.eventually('the call is answered', () => settled, 2);
      return call;
    },
    atEnd: (act) => void ends.push(act),
  };

  const failures: unknown[] = [];
  await run(context).catch((error: unknown) => failures.push(error));
  for (const end of ends.reverse()) {
    await Promise.resolve()
      .then(end)
      .catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}
