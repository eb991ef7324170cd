import { createHistory, type History, type Noted } from '@penknife/testing';
import type { OnceStatus } from '../src/index.js';

/** What a worker tells of one message: that its handler began, or what became of its effect. */
export interface FireEvent {
  readonly type: 'started' | OnceStatus;
  readonly of: 'split' | 'plain';
  readonly key: string;
  readonly n: number;
  readonly deliveries: number;
  readonly generation: number;
  readonly by: string;
  readonly atMs: number;
}

type Told = FireEvent | Noted<{ readonly type: 'disturbed'; readonly how: string }>;

/** What is known of the keys: how many messages were acknowledged to their producer, and whether one may be missing. */
export interface Appended {
  readonly count: number;
  /** Not confirmed by the replicas: a failover may have lost some. */
  readonly losable: boolean;
}

/** Everything that was seen while the soak ran. */
export interface FireHistory {
  readonly appended: ReadonlyMap<string, Appended>;
  tell(event: FireEvent): void;
  disturbed(how: string): void;
  acknowledged(key: string, losable: boolean): void;
  /** Everything that was done to the crew, with what was seen of the first few messages that faults speak of, and beside them. */
  about(faults: readonly string[]): string;
  /** Keys of which an effect was acknowledged twice: a failover had lost the first. */
  undone(): ReadonlySet<string>;
}

const toldOf = 5;
const linesOfEach = 60;
/** What faults begin with: the key, and the number of the message where it is one. */
const subject = /^(\S+?)(?: (\d+))?:/;

export function createFireHistory(): FireHistory {
  const history: History<Told> = createHistory<Told>({ by: 'test' });
  const appended = new Map<string, { count: number; losable: boolean }>();
  return {
    appended,
    tell: (event) => history.add(event),
    disturbed: (how) => history.note({ type: 'disturbed', how } as Told),
    acknowledged(key, losable) {
      const known = appended.get(key);
      if (known === undefined) appended.set(key, { count: 1, losable });
      else known.count++;
    },
    about(faults) {
      const chosen = new Set<Noted<Told>>(history.events.filter(({ type }) => type === 'disturbed'));
      for (const fault of faults.slice(0, toldOf)) {
        const [, key, n] = subject.exec(fault) ?? [];
        const near = history.events.filter(
          (event) =>
            event.type !== 'disturbed' &&
            event.key === key &&
            (n === undefined || Math.abs(event.n - Number(n)) <= 3),
        );
        for (const event of near.slice(-linesOfEach)) chosen.add(event);
      }
      return history.events
        .filter((event) => chosen.has(event))
        .map(lineOf)
        .join('\n');
    },
    undone() {
      const done = new Set<string>();
      const undone = new Set<string>();
      for (const event of history.events) {
        if (event.type !== 'done') continue;
        const effect = `${event.of} ${event.key} ${event.n}`;
        if (done.has(effect)) undone.add(event.key);
        done.add(effect);
      }
      return undone;
    },
  };
}

function lineOf(event: Noted<Told>): string {
  const at = event.atMs.toFixed(1);
  if (event.type === 'disturbed') return `${at} -- ${event.how}`;
  const { of, key, n, type, by, deliveries, generation } = event;
  return `${at} ${of} ${key} ${n}: ${type} by ${by}, delivery ${deliveries}, generation ${generation}`;
}

/** What is wrong with effects, `key n` each, in the order in which they were done. */
export interface EffectReport {
  /** Each begins with the key, and the number of the message where it is about one. */
  readonly faults: readonly string[];
  /** Appends that a failover lost, of those that had not been confirmed by the replicas. */
  readonly lost: number;
}

/** What is known beside the effects. */
export interface Known {
  readonly appended: ReadonlyMap<string, Appended>;
  /** The messages in the order in which the log has them, `key n` each. */
  readonly logged: readonly string[];
  /** A split stream, whose effects keep the order of each key. */
  readonly ordered: boolean;
  readonly undone: ReadonlySet<string>;
}

/**
 * Of every key 0, 1, 2, … must stand in the log, in this order, and in the effects, each once; on a split stream in the order
 * of the log. What could be lost may be missing. A key of which a failover undid an effect keeps no order: its next message
 * may have been under way.
 */
export function effectReport(
  effects: readonly string[],
  { appended, logged, ordered, undone }: Known,
): EffectReport {
  const [done, log] = [numbersByKey(effects), numbersByKey(logged)];
  const faults: string[] = [];
  let lost = 0;
  for (const [key, numbers] of log) {
    if (new Set(numbers).size < numbers.length) faults.push(`${key}: stands in the log more than once`);
    const at = firstOutOfOrder(numbers, (n) => n);
    if (at > 0) faults.push(`${key} ${numbers[at]}: appended after ${numbers[at - 1]}`);
  }
  for (const [key, numbers] of done) {
    const { count } = appended.get(key) ?? { count: 0 };
    for (const n of twice(numbers)) faults.push(`${key} ${n}: done more than once`);
    if (numbers.some((n) => n >= count)) faults.push(`${key}: more was done than appended`);
    if (!ordered || undone.has(key)) continue;
    const places = new Map((log.get(key) ?? []).map((n, i) => [n, i]));
    const at = firstOutOfOrder(numbers, (n) => places.get(n) ?? n);
    if (at > 0)
      faults.push(`${key} ${numbers[at]}: consumed after ${numbers[at - 1]}, not in the order of the log`);
  }
  for (const [key, { count, losable }] of appended) {
    const [once, there] = [new Set(done.get(key)), new Set(log.get(key))];
    const missing = count - once.size;
    const waiting = [...there].filter((n) => !once.has(n));
    if (waiting.length > 0) {
      faults.push(`${key} ${waiting[0]}: in the log and never done, as ${waiting.length} of ${count}`);
    }
    const gone = missing - waiting.length;
    if (losable) lost += Math.max(0, gone);
    else if (gone > 0) faults.push(`${key}: ${gone} of ${count} acknowledged, neither done nor in the log`);
  }
  return { faults, lost };
}

function numbersByKey(messages: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const byKey = new Map<string, number[]>();
  for (const message of messages) {
    const [key = '', n = ''] = message.split(' ');
    const numbers = byKey.get(key) ?? [];
    byKey.set(key, numbers);
    numbers.push(Number(n));
  }
  return byKey;
}

/** Where the first stands that is not behind the one before it; -1 when all are. */
function firstOutOfOrder(numbers: readonly number[], place: (n: number) => number): number {
  return numbers.findIndex((n, i) => i > 0 && place(n) <= place(numbers[i - 1] as number));
}

function twice(numbers: readonly number[]): Set<number> {
  const seen = new Set<number>();
  return new Set(numbers.filter((n) => seen.size === seen.add(n).size));
}
