import { type Command, integerReply, okReply } from '@penknife/core';
import { requireServers } from '@penknife/redis-servers';
import { describe, expect, it } from 'vitest';
import { underRights } from '../../src/columns/under-rights.js';
import { ioredisClient, nodeRedisClient, overMatrix, singleColumn } from '../../src/index.js';
import { rulesOfDriver } from './readme-rights.js';

const haveServers = await requireServers();

const write: Command<unknown> = {
  args: ['SET', 'pk:a', '1', 'PX', 60_000],
  key: 'pk:a',
  read: okReply('SET'),
};
const remove: Command<unknown> = { args: ['DEL', 'pk:a'], key: 'pk:a', read: integerReply('DEL') };

/** Of the keys and channels below. */
const ofTheTest = ['~pk:*', '&pk:*', '+set', '+del'];

/** What a README grants, less what it is to have forgotten, and what the server then refuses. */
const lines: readonly (readonly [what: string, forgotten: string, refused: readonly string[]])[] = [
  ['all of it', '', []],
  ['a right missing that only the traits need', '+command|docs', ['command command|docs']],
];

describe.each(
  [nodeRedisClient, ioredisClient].flatMap((client) => lines.map((line) => [client, ...line] as const)),
)('what the README of the driver of $name grants', (client, what, forgotten, refused) => {
  const rules = [
    ...rulesOfDriver(client.name),
    ...rulesOfDriver(client.name, 'feeds', 'key tracking'),
  ].filter((rule) => rule !== forgotten);
  const { column, report } = underRights(singleColumn(client), ofTheTest, rules);

  overMatrix(
    `with ${what}`,
    ({ driver }) => {
      it('commands, transactions, batches, lanes and nodes', async () => {
        const made = await driver();
        await made.send(write);
        expect(await made.transaction([write, remove])).toEqual([
          { ok: true, value: undefined },
          { ok: true, value: 1 },
        ]);
        await made.batch([write, remove]);
        const lane = await made.openLane({ key: 'pk:a' });
        await lane.send(write);
        await lane.close();
        for (const node of await made.nodes()) await node.close();
      });

      it('traits', async () => {
        const { version, supports } = await (await driver()).traits();
        expect(version).not.toBe('0.0.0');
        expect(supports('sharded-pubsub')).toBe(true);
      });

      it('feeds and key tracking', async () => {
        const made = await driver();
        let invalidated: (keys: readonly Uint8Array[] | null) => void = () => undefined;
        const next = (): Promise<readonly Uint8Array[] | null> =>
          new Promise((resolve) => {
            invalidated = resolve;
          });
        const sink = {
          message: () => undefined,
          gap: () => undefined,
          invalidated: (keys: readonly Uint8Array[] | null) => invalidated(keys),
        };
        const ready = next();
        const feed = await made.openFeed(sink, { tracking: ['pk:'] });
        for (const kind of ['channel', 'pattern', 'shard'] as const) {
          await feed.subscribe(kind, 'pk:*');
          await feed.unsubscribe(kind, 'pk:*');
        }
        expect(await ready).toBeNull();
        const changed = next();
        await made.send(write);
        expect((await changed)?.map((key) => new TextDecoder().decode(key))).toEqual(['pk:a']);
        await feed.close();
      });
    },
    { columns: [column], slowLog: false },
  );

  it.skipIf(!haveServers)('is seen to be so', () => expect(report().refused).toEqual(refused));
});
