import {
  ClosedError,
  checkObject,
  type Duration,
  durationMs,
  InvalidArgumentError,
  reportListenerError,
  type Timer,
} from '@penknife/core';
import { type PubSub, partsOf } from '../pub-sub.js';
import { createState } from '../state/create-state.js';
import { defineState, type StateDefinition } from '../state/state-definition.js';
import { type Held, PresenceNode } from './node.js';
import { type PresenceOptions, resolvePresenceOptions } from './presence-options.js';
import { createRoomActs } from './room-acts.js';
import { createRoster, type Present, type RosterListener, type RosterView } from './roster.js';

/** One connection of a user in a room. */
export interface Membership {
  readonly room: string;
  readonly user: string;
  /** Ends it; the user leaves when this was the last one, and none came back within `grace`. `now`: without waiting. Repeatable. */
  leave(options?: { readonly now?: boolean }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Who is where, over all processes of a namespace. */
export interface Presence {
  /**
   * Adds one connection of a user: a tab, a socket. The user is present while any process holds one. Resolves to `'full'`
   * when the room has as many users as it may.
   */
  join(room: string, user: string): Promise<Membership | 'full'>;
  /**
   * Who is here, the longest first. Whoever's process is gone for longer than its lease is not among them, unless they are just
   * being taken out, by this process or another, or whoever did so died, was closed or met a fault less than 5 s ago.
   */
  who(room: string): Promise<readonly Present[]>;
  /** Tells who is here, and from then on everybody who joins or leaves, each once. Resolves after the first `present`. */
  watch(room: string, listener: RosterListener): Promise<RosterView>;
  /**
   * Ends all memberships and views. `handOver`: memberships last that much longer, for a deployment that replaces this
   * process: whoever comes back on another one by then has never left. Repeatable.
   */
  close(options?: { readonly handOver?: Duration }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const monthMs = 30 * 86_400_000;
const rooms: StateDefinition<'presence:{room}', unknown, unknown> = defineState('presence:{room}', {
  ttl: monthMs,
  limit: 10_000,
});

/**
 * Presence on a `createPubSub`. Every process has one lease, renewed by one command whatever it holds; when it ends, for
 * instance by SIGKILL, the others remove what it held. Joins and leaves are written together with who is present, in one
 * order, and read like any `log`. Close it before the pub/sub.
 *
 * ```ts
 * const presence = createPresence(pubsub);
 * const tab = await presence.join('room:7', 'ada');
 * await presence.watch('room:7', { present: show, joined: add, left: remove });
 * ```
 */
export function createPresence(pubsub: PubSub, options: PresenceOptions = {}): Presence {
  const { leaseMs, graceMs, limit } = resolvePresenceOptions(options);
  const shared = partsOf(pubsub);
  const { driver, origin } = shared;
  const acts = createRoomActs(shared, rooms as StateDefinition<'presence:{room}', number>, limit);
  const node = new PresenceNode(shared, acts, leaseMs);
  const roster = createState(rooms, shared, pubsub.channel(rooms.changes) as never, 'users');
  const views = new Set<RosterView>();
  /** Those who have left, and still count. */
  const leaving = new Map<string, { readonly held: Held; readonly timer: Timer }>();
  let closed: Promise<void> | undefined;

  function refuseClosed(): void {
    if (closed !== undefined) throw new ClosedError('presence', 'no');
    shared.refuseClosed();
  }

  function leave(held: Held, now: boolean): Promise<void> {
    const pending = leaving.get(held.connection);
    if (pending !== undefined || now || graceMs === 0 || closed !== undefined) {
      if (pending !== undefined && !now) return Promise.resolve();
      pending?.timer.cancel();
      leaving.delete(held.connection);
      return node.release(held);
    }
    const timer = driver.clock.timer(graceMs, () => {
      leaving.delete(held.connection);
      node.release(held).catch(reportListenerError);
    });
    leaving.set(held.connection, { held, timer });
    return Promise.resolve();
  }

  async function close(handOverMs: number | undefined): Promise<void> {
    for (const { timer } of leaving.values()) timer.cancel();
    const gone = [...leaving.values()];
    leaving.clear();
    // What a fault keeps from being done here ends with the node, or with its lease.
    await Promise.all(gone.map(({ held }) => node.release(held).catch(reportListenerError)));
    await Promise.all([...views].map((view) => view.close().catch(reportListenerError)));
    await node.end(handOverMs);
  }

  const presence: Presence = {
    async join(room, user) {
      refuseClosed();
      checkName('room', room);
      checkName('user', user);
      const held = { room, user, connection: origin.nextId() };
      if (!(await node.hold(held))) return 'full';
      return {
        room,
        user,
        leave: async (call = {}) => {
          checkObject('options', call);
          await leave(held, call.now === true);
        },
        [Symbol.asyncDispose]: () => leave(held, false),
      };
    },
    async who(room) {
      refuseClosed();
      checkName('room', room);
      await node.look();
      const entries = await roster.read({ room });
      return [...entries]
        .map(([user, { value }]) => ({ user, since: Number(value) }))
        .sort((one, other) => one.since - other.since);
    },
    async watch(room, listener) {
      refuseClosed();
      checkName('room', room);
      const unwatch = node.watch();
      try {
        const view = await createRoster(roster, room, listener, (ended) => {
          views.delete(ended);
          unwatch();
        });
        views.add(view);
        // Closed while it began: nobody else would ever end it.
        if (closed !== undefined) {
          await view.close();
          throw new ClosedError('presence', 'maybe');
        }
        return view;
      } catch (error) {
        unwatch();
        throw error;
      }
    },
    async close(call = {}) {
      checkObject('options', call);
      const { handOver } = call;
      const handOverMs = handOver === undefined ? undefined : durationMs(handOver, 'handOver', { minMs: 1 });
      closed ??= close(handOverMs);
      await closed;
    },
    [Symbol.asyncDispose]: () => presence.close(),
  };
  return presence;
}

function checkName(argument: string, value: string): void {
  if (typeof value !== 'string' || value.length === 0 || Buffer.byteLength(value) > 160) {
    throw new InvalidArgumentError(argument, 'must be a string of 1 to 160 bytes', value);
  }
}
