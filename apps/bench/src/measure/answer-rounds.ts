import { answerParent, type WorkerActs } from '@penknife/testing';
import type { BenchCase, OpenContestant } from '../case.js';
import { watchConnections } from './connections.js';
import { type Entrant, entrantHere, type Warm } from './entrant.js';
import type { Round } from './run-round.js';

/** What the bench asks of the process of a contestant. */
export interface ContestantActs extends WorkerActs {
  /** Opens one contestant of a case, by its place. */
  open(
    caseName: string,
    place: number,
    server: Parameters<OpenContestant>[0],
  ): Promise<Pick<Entrant, 'name' | 'guarantees' | 'operations'>>;
  warmUp(inFlight: number, forMs: number): Promise<Warm>;
  prepareRound(): Promise<void>;
  runRound(inFlight: number, forMs: number, firstTurn: number): Promise<Round>;
  facts(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Makes this process that of one contestant, out of these cases: it ends with the bench. */
export function answerRounds(cases: readonly BenchCase[]): void {
  const watch = watchConnections();
  let entrant: Entrant | undefined;
  const opened = (): Entrant => {
    if (entrant === undefined) throw new Error('no contestant is open');
    return entrant;
  };
  const acts: ContestantActs = {
    async open(caseName, place, server) {
      const found = cases.find((one) => one.name === caseName);
      const open = found && 'apart' in found ? found.apart[place] : undefined;
      if (open === undefined)
        throw new RangeError(`${caseName} has no contestant ${place} of its own process`);
      entrant = entrantHere(await open(server), watch, server.port);
      const { name, guarantees, operations } = entrant;
      return { name, guarantees, ...(operations !== undefined && { operations }) };
    },
    warmUp: (...round) => opened().warmUp(...round),
    prepareRound: () => opened().prepareRound(),
    runRound: (...round) => opened().runRound(...round),
    facts: () => opened().facts(),
    close: () => opened().close(),
  };
  answerParent(acts);
}
