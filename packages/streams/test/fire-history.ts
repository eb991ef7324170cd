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
  /** What was seen of the keys that faults speak of, with the disturbances between; the newest lines. */
  about(faults: readonly string[]): string;
  /** Keys of which an effect was acknowledged twice: a failover had lost the first. */
  undone(): ReadonlySet<string>;
}

const linesAtMost = 150;

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
      const keys = new Set(faults.map((fault) => fault.split(/[ :]/, 1)[0]));
      const lines = history.events.filter((event) => event.type === 'disturbed' || keys.has(event.key));
      return lines.slice(-linesAtMost).map(lineOf).join('\n');
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
  readonly faults: readonly string[];
  /** Appends that a failover lost, of those that had not been confirmed by the replicas. */
  readonly lost: number;
}

/**
 * Of every key 0, 1, 2, … must stand there once; on a split stream in this order. What could be lost may be missing. A key of
 * which a failover undid an effect keeps no order: its next message may have been under way.
 */
export function effectReport(
  effects: readonly string[],
  appended: ReadonlyMap<string, Appended>,
  { ordered, undone }: { readonly ordered: boolean; readonly undone: ReadonlySet<string> },
): EffectReport {
  const done = new Map<string, number[]>();
  for (const effect of effects) {
    const [key = '', n = ''] = effect.split(' ');
    const numbers = done.get(key) ?? [];
    done.set(key, numbers);
    numbers.push(Number(n));
  }
  const faults: string[] = [];
  let lost = 0;
  for (const [key, numbers] of done) {
    const { count } = appended.get(key) ?? { count: 0 };
    const once = new Set(numbers);
    if (once.size < numbers.length) faults.push(`${key}: ${numbers.length - once.size} done more than once`);
    if (numbers.some((n) => n >= count)) faults.push(`${key}: more was done than appended`);
    if (!ordered || undone.has(key)) continue;
    const at = numbers.findIndex((n, i) => i > 0 && n <= (numbers[i - 1] as number));
    if (at > 0) faults.push(`${key}: ${numbers[at]} after ${numbers[at - 1]}`);
  }
  for (const [key, { count, losable }] of appended) {
    const missing = count - new Set(done.get(key)).size;
    if (losable) lost += Math.max(0, missing);
    else if (missing > 0) faults.push(`${key}: ${missing} of ${count} never done`);
  }
  return { faults, lost };
}
