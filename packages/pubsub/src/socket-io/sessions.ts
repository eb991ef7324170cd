import { type Command, nullableBytesReply, okReply } from '@penknife/core';
import { createCounters } from '../counters.js';
import type { ChannelDefinition } from '../definition.js';
import { createDecoder } from '../frame/decoder.js';
import { advance, type Place } from '../hub/advance.js';
import { createLogReader } from '../hub/log-reader.js';
import { positionText, readPosition } from '../position.js';
import type { SharedParts } from '../shared-parts.js';
import { channelOf, fillTemplate } from '../template/template.js';
import { type ClusterMessage, eventPacket, messageTypes, type ServerOptionsLike } from './cluster-adapter.js';
import { packetCodec } from './packet-codec.js';

type Packets = ChannelDefinition<'socket-io:{namespace}', unknown, unknown, 'log'>;
type Params = { readonly namespace: string };

/** Sessions of sockets that were cut off, for whichever server they come back to. */
export interface Sessions {
  persist(params: Params, session: { readonly pid: string }, options: ServerOptionsLike): Promise<void>;
  /** The session with what it missed, once; null when it is over, or not all of what it missed is kept. */
  restore(params: Params, pid: string, offset: string): Promise<unknown>;
}

const defaultDurationMs = 120_000;

/** The sessions of one namespace of keys. */
export function createSessions(shared: SharedParts, definition: Packets): Sessions {
  const { driver, names, origin, options } = shared;
  const { template } = definition;
  const keyOf = (params: Params, pid: string): string =>
    names.keys.session(fillTemplate(template, params), pid);

  return {
    async persist(params, session, { connectionStateRecovery }) {
      const forMs = connectionStateRecovery?.maxDisconnectionDuration ?? defaultDurationMs;
      await driver.send(write(keyOf(params, session.pid), packetCodec.encode(session) as Uint8Array, forMs));
    },
    async restore(params, pid, offset) {
      const position = readPosition(offset);
      if (position === undefined) return null;
      const stored = await driver.send(take(keyOf(params, pid)));
      if (stored === null) return null;
      const session = packetCodec.decode(stored) as { readonly rooms: readonly string[] };
      const segments = fillTemplate(template, params);
      const read = createLogReader<ClusterMessage>({
        driver,
        keys: { head: names.keys.head(segments), history: names.keys.history(segments) },
        channel: channelOf(template, params),
        params,
        decode: createDecoder(definition as never, origin.name, createCounters()),
        pageSize: options.recovery.pageSize,
      });
      const missedPackets: unknown[] = [];
      let place: Place = { position, id: undefined };
      for (let more = true; more; ) {
        const page = await read(place, new AbortController().signal);
        if (page === undefined || page === 'unreadable') return null;
        const advanced = advance(place, page, [], options.recovery.limit);
        for (const step of advanced.steps) {
          if (step.kind === 'hole' || step.received.event === undefined) return null;
          const packet = packetFor(session.rooms, step.received.event.message);
          if (packet !== undefined) missedPackets.push([...packet, positionText(step.received.position)]);
        }
        if (advanced.place === undefined) return null;
        place = advanced.place;
        more = advanced.more;
      }
      return { ...session, missedPackets };
    },
  };
}

/** What of a message a session would have been sent: the rule of socket.io's own adapter in memory. */
function packetFor(rooms: readonly string[], { type, data }: ClusterMessage): readonly unknown[] | undefined {
  const { packet, opts, requestId } = data ?? {};
  if (type !== messageTypes.broadcast || requestId !== undefined || packet?.type !== eventPacket)
    return undefined;
  if (packet.id !== undefined || opts?.flags?.volatile !== undefined) return undefined;
  const included =
    opts === undefined || opts.rooms.length === 0 || rooms.some((room) => opts.rooms.includes(room));
  const excepted = opts !== undefined && rooms.some((room) => opts.except.includes(room));
  return included && !excepted ? packet.data : undefined;
}

const ok = okReply('SET');

function write(key: string, value: Uint8Array, forMs: number): Command<unknown> {
  return { args: ['SET', key, value, 'PX', forMs], key, repeatable: true, read: ok };
}

function take(key: string): Command<Uint8Array | null> {
  return { args: ['GETDEL', key], key, bytes: true, read: nullableBytesReply('GETDEL') };
}
