import type { Contestant } from '../case.js';
import { type Round, runRound } from './run-round.js';

/** A contestant as the rounds see it: in this process, or in one of its own. */
export interface Entrant extends Pick<Contestant, 'name' | 'guarantees' | 'speaks' | 'operations'> {
  /** What has to be there before a round, not measured. */
  prepareRound(): Promise<void>;
  runRound(inFlight: number, forMs: number, firstTurn: number): Promise<Round>;
  facts(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** A contestant in this process. */
export function entrantHere(contestant: Contestant): Entrant {
  const { name, guarantees, speaks, operations } = contestant;
  return {
    name,
    guarantees,
    ...(speaks !== undefined && { speaks }),
    ...(operations !== undefined && { operations }),
    prepareRound: async () => contestant.prepareRound?.(),
    runRound: (inFlight, forMs, firstTurn) => runRound(contestant, inFlight, forMs, firstTurn),
    facts: async () => contestant.facts?.(),
    close: () => contestant.close(),
  };
}
