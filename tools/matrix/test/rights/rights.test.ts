import { afterAll, describe, expect, it, vi } from 'vitest';
import { underRights } from '../../src/columns/under-rights.js';
import { ioredisClient, nodeRedisClient, overMatrix, singleColumn } from '../../src/index.js';
import { fullTier } from '../contract/run-in-columns.js';
import { mainSuites, suitesOf } from '../patterns/pattern-suites.js';
import { packagesWithRights, rulesOfDriver } from './readme-rights.js';

// Whole suites, on a server that writes down what it refuses.
vi.setConfig({ testTimeout: 40_000 });

/** Suites that send what is not their pattern's, and why. */
const unfit: Readonly<Record<string, string>> = {
  'cache/tracking.suite.ts': 'CLIENT TRACKING is sent by the driver, whose rights stand in its README',
  'cache/write-behind.suite.ts': 'its log is a stream, and so are the rights for it',
  'inventory/sinks.suite.ts': 'its sinks are a channel and a stream, and so are the rights for them',
  'inventory/soak.suite.ts': 'its shops are processes that connect by themselves',
  'locks/fence.suite.ts': 'guarded commands are their caller’s, and so are the rights for them',
  'locks/soak.suite.ts': 'its worker processes connect by themselves',
  'queue/soak.suite.ts': 'its workers are processes that connect by themselves',
  'session/processes.suite.ts': 'its requests are made by processes that connect by themselves',
  'session/rights.suite.ts': 'it makes a user with these rights itself',
  'session/users.suite.ts': 'it makes a user with these rights itself',
  'streams/connections.suite.ts': 'it sends PING and BLPOP of its own',
  'streams/fire.suite.ts': 'its consumers are processes that connect by themselves',
};

/** One of the rooms, numbered through all tests, is listened to as a pattern. */
const roomsOfTests = Array.from({ length: 100 }, (_, i) => `room:a${i}:message`);

/** What suites need besides: rights for what is their caller's. */
const besides: Readonly<Record<string, readonly string[]>> = {
  // A server lets a pattern pass only when it stands in the ACL just so.
  pubsub: ['*', 'room:*:fire', 'room:*:message', 'room:%2a:message', ...roomsOfTests].map(
    (pattern) => `&pk:ps1:channel:{${pattern}}`,
  ),
  // Two namespaces, one the beginning of the other, and one a schedule.
  session: ['~app:*', '~app1:*', '~auth:*'],
  // Where effects and projections write.
  streams: [
    ...['board', 'count', 'known', 'sold', 'stock', 'view'].map((key) => `~${key}:*`),
    ...['decr', 'decrby', 'hincrby', 'incr', 'sadd', 'zincrby'].map((command) => `+${command}`),
  ],
};

const known = packagesWithRights();

/** Each sends something by itself, which its driver's README grants. */
const clients = [nodeRedisClient, ioredisClient];

for (const { name, rules, suiteFiles } of known) {
  const files = suiteFiles.filter(
    (file) => !(`${name}/${file}` in unfit) && (fullTier || mainSuites.has(`${name}/${file}`)),
  );
  const suites = (await Promise.all(files.map((file) => suitesOf(name, file)))).flat();

  describe.each(clients)(`the ACL line of ${name}, with $name`, (client) => {
    const { column, report } = underRights(
      singleColumn(client),
      [...rules, ...(besides[name] ?? [])],
      rulesOfDriver(client.name),
    );
    overMatrix(
      `${name} under it`,
      (context) => {
        for (const suite of suites) suite(context);
      },
      {
        columns: [column],
        slowLog: false,
      },
    );

    it('is enough', () => expect(report().refused).toEqual([]));
    // No failure: some are sent on a cluster only, or after losses. What nothing sends is found by tools/structure.
    if (fullTier)
      afterAll(() =>
        console.info(`${column.name}, ${name}: granted, not seen here: ${report().unused.join(' ')}`),
      );
  });
}

describe('the lists above', () => {
  const files = known.flatMap(({ name, suiteFiles }) => suiteFiles.map((file) => `${name}/${file}`));

  it('name files that are there, one a package', () => {
    expect([...Object.keys(unfit), ...mainSuites].filter((file) => !files.includes(file))).toEqual([]);
    expect([...mainSuites].map((file) => file.split('/')[0]).sort()).toEqual(
      known.map(({ name }) => name).sort(),
    );
  });
});
