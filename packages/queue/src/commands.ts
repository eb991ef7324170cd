import {
  arrayReply,
  defineScript,
  fragments,
  integerReply,
  type Reply,
  refuse,
  type ScriptCall,
  stringReply,
} from '@penknife/core';
import addLua from './scripts/add.lua';
import advanceLua from './scripts/advance.lua';
import controlLua from './scripts/control.lua';
import extendLua from './scripts/extend.lua';
import lookLua from './scripts/look.lua';
import progressLua from './scripts/progress.lua';
import pushLua from './scripts/push.lua';
import queueLua from './scripts/queue.lua';
import shapeLua from './scripts/shape.lua';

/** A job as it was taken. */
export interface TakenJob {
  readonly id: string;
  readonly delivery: number;
  readonly failures: number;
  readonly stored: StoredJob;
}

/** A job as it is stored. */
export interface StoredJob {
  readonly priority: number;
  readonly addedAtMs: number;
  readonly group: string | undefined;
  readonly payload: Uint8Array;
}

/** What a round of a worker gave. */
export interface Round {
  /** Per settlement whether the job still was this worker's. */
  readonly settled: readonly boolean[];
  /** When there may be something to do; undefined: nobody knows. */
  readonly nextInMs: number | undefined;
  readonly taken: readonly TakenJob[];
}

const shared = [fragments.nowMicros, fragments.foreignKey, queueLua];
const any = 'any' as number | 'any';

/** Adds jobs. Twice is once, as long as none of them is done in between. */
export const addScript: ScriptCall<number[], number, number> = defineScript({
  name: 'queue/add',
  lua: addLua,
  fragments: shared,
  keys: any,
  args: any,
  repeatable: true,
  read: arrayReply('queue/add', integerReply('queue/add')),
});

/** Adds jobs that wait for nothing but their turn, over fewer keys than all the others: see `pushKeys`. */
export const pushScript: ScriptCall<number[], number, number> = defineScript({
  name: 'queue/push',
  lua: pushLua,
  fragments: [fragments.nowMicros],
  keys: any,
  args: any,
  repeatable: true,
  read: arrayReply('queue/push', integerReply('queue/push')),
});

/** One round of a worker. Not repeatable: it takes. */
export const advanceScript: ScriptCall<Round, number, number> = defineScript({
  name: 'queue/advance',
  lua: advanceLua,
  fragments: shared,
  keys: any,
  args: any,
  bytes: true,
  read(reply): Round {
    const [settled, nextInMs, ...jobs] = listOf('queue/advance', reply);
    const taken: TakenJob[] = [];
    for (let i = 0; i < jobs.length; i += 4) {
      taken.push({
        id: textOf(jobs[i]),
        delivery: numberOf(jobs[i + 1]),
        failures: numberOf(jobs[i + 2]),
        stored: storedJob(jobs[i + 3]),
      });
    }
    return {
      settled: listOf('queue/advance', settled).map((status) => status === 1),
      nextInMs: nextInMs === -1 ? undefined : numberOf(nextInMs),
      taken,
    };
  },
});

/** Prolongs leases. */
export const extendScript: ScriptCall<number[], number, number> = defineScript({
  name: 'queue/extend',
  lua: extendLua,
  fragments: shared,
  keys: any,
  args: any,
  repeatable: true,
  read: arrayReply('queue/extend', integerReply('queue/extend')),
});

/** Keeps and tells the progress of a job. */
export const progressScript: ScriptCall<number, number, number> = defineScript({
  name: 'queue/progress',
  lua: progressLua,
  fragments: shared,
  keys: any,
  args: any,
  repeatable: true,
  read: integerReply('queue/progress'),
});

/** Looks at the queue, at one job, or at the ids in one state. */
export const lookScript: ScriptCall<readonly Reply[] | null, number, number> = defineScript({
  name: 'queue/look',
  lua: lookLua,
  fragments: shared,
  keys: any,
  args: any,
  repeatable: true,
  bytes: true,
  read: (reply) => (reply === null ? null : listOf('queue/look', reply)),
});

/** Pauses, resumes, drains, removes, cancels, replays, discards. */
export const controlScript: ScriptCall<number, number, number> = defineScript({
  name: 'queue/control',
  lua: controlLua,
  fragments: shared,
  keys: any,
  args: any,
  repeatable: true,
  read: integerReply('queue/control'),
});

/** How many partitions a queue has, and what they go by; the first to ask decides. */
export const shapeScript: ScriptCall<string, 1, 1> = defineScript({
  name: 'queue/shape',
  lua: shapeLua,
  keys: 1,
  args: 1,
  repeatable: true,
  read: stringReply('queue/shape'),
});

function listOf(name: string, reply: Reply | undefined): readonly Reply[] {
  return Array.isArray(reply) ? reply : refuse(name, 'an array', reply ?? null);
}

/** A whole number. */
export function numberOf(reply: Reply | undefined): number {
  return typeof reply === 'number' ? reply : refuse('queue', 'an integer', reply ?? null);
}

/** Text, which comes as bytes. */
export function textOf(reply: Reply | undefined): string {
  return bytesOf(reply).toString('utf8');
}

/** A record as queue.lua describes it. */
export function storedJob(reply: Reply | undefined): StoredJob {
  const record = bytesOf(reply);
  const [priority, arrival, length, from] = partsOf(record);
  if (from === 0) return refuse('queue', 'a stored job', reply ?? null);
  return {
    priority,
    addedAtMs: Math.floor(arrival / 1000),
    group: length === 0 ? undefined : record.toString('utf8', from, from + length),
    payload: record.subarray(from + length),
  };
}

/** The three numbers before the group, and where that begins: 0 when they are not there. */
function partsOf(record: Buffer): readonly [number, number, number, number] {
  const first = record.indexOf(':');
  const second = record.indexOf(':', first + 1);
  const third = record.indexOf(':', second + 1);
  if (first < 1 || second < first || third < second) return [0, 0, 0, 0];
  const number = (from: number, to: number): number => Number(record.toString('latin1', from, to));
  return [number(0, first), number(first + 1, second), number(second + 1, third), third + 1];
}

/** What is kept of a job beside its record: `p:<progress>` or `c:<result>`; undefined: nothing. */
export function storedAnswer(
  reply: Reply | undefined,
): { readonly kind: 'progress' | 'result'; readonly payload: Uint8Array } | undefined {
  const bytes = bytesOf(reply);
  if (bytes.length === 0) return undefined;
  return { kind: bytes[0] === 0x70 ? 'progress' : 'result', payload: bytes.subarray(2) };
}

function bytesOf(reply: Reply | undefined): Buffer {
  if (!(reply instanceof Uint8Array)) return refuse('queue', 'bytes', reply ?? null);
  return Buffer.from(reply.buffer, reply.byteOffset, reply.byteLength);
}
