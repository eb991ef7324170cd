import type { Contestant } from '../case.js';
import type { ConnectionWatch } from './connections.js';
import { type Round, runRound } from './run-round.js';

/** What a warm-up tells. */
export interface Warm {
  readonly runs: number;
  /** The client it went by and the protocol that spoke, as seen meanwhile; or what the contestant says of itself. */
  readonly speaks: string;
}

/** A contestant as the rounds see it: in this process, or in one of its own. */
export interface Entrant extends Pick<Contestant, 'name' | 'guarantees' | 'operations'> {
  /** A first round, prepared like the others and not measured. */
  warmUp(inFlight: number, forMs: number): Promise<Warm>;
  /** What has to be there before a round, not measured. */
  prepareRound(): Promise<void>;
  runRound(inFlight: number, forMs: number, firstTurn: number): Promise<Round>;
  facts(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** A contestant in this process, whose connections to the server on `port` are seen by `watch`. */
export function entrantHere(contestant: Contestant, watch: ConnectionWatch, port: number): Entrant {
  const { name, guarantees, operations } = contestant;
  const prepareRound = async (): Promise<void> => contestant.prepareRound?.();
  return {
    name,
    guarantees,
    ...(operations !== undefined && { operations }),
    async warmUp(inFlight, forMs) {
      const before = watch.traffic();
      await prepareRound();
      const { runs } = await runRound(contestant, inFlight, forMs, 0);
      return { runs, speaks: contestant.speaks?.() ?? (await watch.spokenSince(before, port)) };
    },
    prepareRound,
    runRound: (inFlight, forMs, firstTurn) => runRound(contestant, inFlight, forMs, firstTurn),
    facts: async () => contestant.facts?.(),
    close: () => contestant.close(),
  };
}
