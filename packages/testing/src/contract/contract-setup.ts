import type { Driver, Reply, Topology } from '@penknife/core';

/** What a case may ask of the driver it gets. */
export interface ContractDriverOptions {
  /** The driver's own default deadline. */
  readonly deadlineMs?: number;
  readonly gateLimit?: number;
  /** Connect as this user, which the case has made with ACL SETUSER. */
  readonly credentials?: { readonly username: string; readonly password: string };
}

/** A slot on its way from one primary to another, moved step by step. */
export interface SlotMove {
  /** Moves some keys of the slot; whoever asks the old primary for them is answered ASK, for several at once TRYAGAIN. */
  keys(...keys: readonly string[]): Promise<void>;
  /**
   * The old primary gives an empty slot up before the new one has it: each answers MOVED with the other's name, until `finish`.
   * Left out where a slot moves in one act.
   */
  leave?(): Promise<void>;
  /** Moves what is left and gives the slot to its new primary: from then on the old one answers MOVED. */
  finish(): Promise<void>;
}

/**
 * What can be done to the servers. Each resolves when its effect is there. A case whose fault is missing fails unless it is
 * listed in `skips`. On a cluster `kill`, `restart`, `pause` and `resume` concern the primary that serves `key`.
 */
export interface ContractFaults {
  /** Closes every client's connections at the server's end, those of subscribers too. */
  cutConnections?(): Promise<void>;
  /** Ends the server without warning; its data may be lost. */
  kill?(key: string): Promise<void>;
  /** Brings it back, and resolves when it serves. */
  restart?(key: string): Promise<void>;
  /** Connections stay open, nothing is answered. */
  pause?(key: string): Promise<void>;
  resume?(key: string): Promise<void>;
  /**
   * Ends the primary (of `key`, on a cluster) for good, and resolves when a replica has been promoted in its place. It comes
   * back after the case. What is written while `unreplicated` runs reaches no replica: the primary acknowledges it and
   * takes it with it.
   */
  failOver?(key: string, unreplicated?: () => Promise<void>): Promise<void>;
  /** Makes the server answer LOADING; the returned promise resolves when it does, `done` when it has loaded. */
  load?(): Promise<{ readonly done: Promise<void> }>;
  /** Starts moving the slot of `key` to another primary. It is moved back after the case. */
  moveSlot?(key: string): Promise<SlotMove>;
  /** Makes the cluster answer CLUSTERDOWN for `key`'s slot until the returned function is called. */
  dropSlot?(key: string): Promise<() => Promise<void>>;
}

/** What the contract suite needs to know about a driver and the servers behind it. */
export interface ContractSetup {
  readonly name: string;
  readonly topology: Topology;
  /** Makes a driver with a client of its own; the suite closes the driver. */
  create(options?: ContractDriverOptions): Promise<Driver>;
  /**
   * Sends a raw command on a connection of its own. On a cluster to the primary that serves the command's key, or to all
   * primaries when it has none (the first one's reply). Rejects with a `ServerError`.
   */
  admin(...args: readonly [string, ...(string | number)[]]): Promise<Reply>;
  /** Lets at most 100 ms of the driver's clock pass: waits, or moves a manual clock. */
  advance(ms: number): Promise<void>;
  /** A driver together with a way to find out whether the client it was made from still answers. */
  createWithClient(): Promise<{ readonly driver: Driver; clientAnswers(): Promise<boolean> }>;
  readonly faults: ContractFaults;
  /** How long a case waits for what has to happen, in ms of the driver's clock. Default 5000. */
  readonly patienceMs?: number;
  /**
   * Only the cases of these concerns (the word before the colon of their names), for a quick look at one more server.
   * A name that no case has fails the suite. Default: all of them.
   */
  readonly concerns?: readonly string[];
  /** Told what a case has measured and nobody can demand, such as the acknowledged writes that a failover lost. */
  note?(text: string): void;
  /** Cases that do not run here, by their full name, each with its reason. A name that no case has fails the suite. */
  readonly skips: Readonly<Record<string, string>>;
}
