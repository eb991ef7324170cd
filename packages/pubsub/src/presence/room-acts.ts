import { frameHead } from '../frame/frame.js';
import type { SharedParts } from '../shared-parts.js';
import { changeCodec } from '../state/change.js';
import type { StateDefinition } from '../state/state-definition.js';
import { channelOf } from '../template/template.js';
import {
  buryScript,
  type JoinOutcome,
  joinScript,
  leaveScript,
  removeMember,
  someRooms,
} from './presence-commands.js';

/** How many connections one script removes, and how many rooms are looked at at once. */
const batchSize = 100;
/** For how long a node whose lease is over is kept from coming back under its old name. */
const rememberedMs = 3_600_000;

/** What is done to one room, and to all rooms of a node. */
export interface RoomActs {
  join(room: string, node: string, user: string, connection: string): Promise<JoinOutcome>;
  leave(room: string, node: string, connection: string): Promise<void>;
  /** Removes whatever a node holds anywhere, for good. */
  bury(node: string): Promise<void>;
}

/** The acts over one namespace. */
export function createRoomActs(
  { driver, names, origin }: SharedParts,
  definition: StateDefinition<'presence:{room}', number>,
  limit: number,
): RoomActs {
  const { keys } = names;
  const { template, history } = definition.changes;

  function keysOf(room: string, node: string) {
    const tag = ['presence', room];
    return [
      keys.head(tag),
      keys.history(tag),
      names.channel(channelOf(template, { room })),
      keys.users(tag),
      keys.counts(tag),
      keys.held(tag, node),
    ] as const;
  }
  const order = (id: string) => [id, history.size, history.ttlMs, history.positionTtlMs, 'PUBLISH'] as const;

  function leave(room: string, node: string, connection: string, isOver: boolean): Promise<number> {
    const id = origin.nextId();
    // Without its end: a script that tells of several numbers them.
    const head = frameHead(changeCodec as never, id).slice(0, -1);
    const over = isOver ? rememberedMs : 0;
    return driver.send(leaveScript(keysOf(room, node), [head, ...order(id), connection, batchSize, over]));
  }

  return {
    join(room, node, user, connection) {
      const id = origin.nextId();
      const head = frameHead(changeCodec as never, id);
      return driver.send(joinScript(keysOf(room, node), [head, ...order(id), user, connection, limit]));
    },
    async leave(room, node, connection) {
      await leave(room, node, connection, false);
    },
    async bury(node) {
      const rooms = keys.rooms(node);
      do {
        let some = await driver.send(someRooms(rooms, batchSize));
        while (some.some((room) => room !== '')) {
          for (const room of some) {
            if (room === '') continue;
            for (let left = 1; left > 0; ) left = await leave(room, node, '', true);
            await driver.send(removeMember('SREM', rooms, room));
          }
          some = await driver.send(someRooms(rooms, batchSize));
        }
      } while (!(await driver.send(buryScript([rooms], [rememberedMs]))));
    },
  };
}
