import { type Aim, type Look, type LookOptions, look } from '../look.js';
import type { Args, Target } from '../rounds.js';
import type { Reading } from '../rows.js';
import type { ShardedBoardHome } from './shard-map.js';

/**
 * Looks at the same round on all shards at once: one parallel round trip, each shard of its own instant. `partsOf`: what one
 * is asked; undefined: it is not. Where a boundary passes meanwhile, all are asked again for the later period.
 */
export async function lookEverywhere<M>(
  { shards, board }: ShardedBoardHome<M>,
  aim: Aim,
  partsOf: (shard: number) => Args | undefined,
  options: LookOptions | undefined,
): Promise<readonly (Look<M> | undefined)[]> {
  const ask = (each: Aim): Promise<(Look<M> | undefined)[]> =>
    Promise.all(
      shards.homes.map(async (home, i) => {
        const parts = partsOf(i);
        return parts === undefined ? undefined : look(home, board, each, parts, options);
      }),
    );
  const found = await ask(aim);
  const periods = found.flatMap((each) => each?.reading.round.period ?? []);
  const latest = periods.reduce(
    (a, b) => (b.startMs > a.startMs ? b : a),
    periods[0] ?? { startMs: 0, endMs: 0 },
  );
  if (periods.every(({ startMs }) => startMs === latest.startMs)) return found;
  const [first] = found.flatMap((each) => each ?? []);
  const target: Target = {
    round: { board, part: first?.reading.round.part, period: latest },
    during: undefined,
  };
  return ask(() => target);
}

/** What all looks together tell of: the members of all shards. */
export function wholeOf<M>(looks: readonly (Look<M> | undefined)[]): Reading<M> {
  const [first] = looks.flatMap((look) => look ?? []);
  if (first === undefined) throw new Error('a board has shards');
  return { ...first.reading, total: totalOf(looks) };
}

/** Members of all shards that were looked at. */
export function totalOf(looks: readonly (Look<unknown> | undefined)[]): number {
  return looks.reduce((sum, look) => sum + (look?.reading.total ?? 0), 0);
}
