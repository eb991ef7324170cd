import type { BenchServer } from './bench-server.js';
import type { Peers } from './peers.js';

/** One thing that is measured. Ours is the first of a case; every ratio is against it. */
export interface Contestant {
  readonly name: string;
  /** What it promises, in a few words: a faster peer that promises less is not faster. */
  readonly guarantees: string;
  /** The client it goes by and the protocol it speaks, where its connections are another process's; else they are observed. */
  speaks?(): string;
  /** What has to be there before a round, not measured. A round is then one single `run`. */
  prepareRound?(): Promise<void>;
  /** One operation. `turn` counts up, so that it can spread over keys. */
  run(turn: number): Promise<unknown>;
  /** Operations one `run` stands for. Default 1. */
  readonly operations?: number;
  /** What is told besides, of all runs so far, in one line. */
  facts?(): string;
  close(): Promise<void>;
}

/** What a case is given. */
export interface BenchContext {
  /** A private server of this case. */
  readonly server: BenchServer;
  readonly peers: Peers;
}

interface CaseQuestion {
  /** `<pattern>/<question>`; see `chooseCases` for how `--only` selects. */
  readonly name: string;
  readonly question: string;
  /** How many operations are under way at once. */
  readonly inFlight: readonly number[];
  /** False: nobody talks to the server, so commands and bytes are not counted. Default true. */
  readonly usesServer?: boolean;
  /** True: too long for a quick run, which leaves it out unless it is named in full. */
  readonly thorough?: boolean;
}

/** A question whose contestants share this process. */
export interface SharedCase extends CaseQuestion {
  prepare(context: BenchContext): Promise<readonly Contestant[]>;
}

/** Opens one contestant, in whatever process it is called. */
export type OpenContestant = (server: Pick<BenchServer, 'url' | 'port'>) => Promise<Contestant>;

/**
 * A question whose contestants get a process each, for where a few tenths of a microsecond matter: in one process all of them
 * pay for the call sites that the others made slow, and for each other's garbage.
 */
export interface ApartCase extends CaseQuestion {
  /** What the contestants find on the server. */
  prepareServer?(context: BenchContext): Promise<void>;
  readonly apart: readonly OpenContestant[];
}

/** One question, answered by contestants in the same run. */
export type BenchCase = SharedCase | ApartCase;
