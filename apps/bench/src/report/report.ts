import type { Effort, Figures } from '../measure/measure-case.js';

/** What was measured, where, with what. */
export interface Report {
  readonly command: string;
  readonly startedAt: string;
  readonly machine: {
    readonly cores: number;
    readonly model: string;
    readonly platform: string;
    readonly node: string;
  };
  readonly versions: Readonly<Record<string, string>>;
  readonly effort: Effort;
  readonly cases: readonly CaseReport[];
  /** The chosen cases that gave no figures. */
  readonly unmeasured: readonly UnmeasuredCase[];
}

/** The figures of one case. */
export interface CaseReport {
  readonly name: string;
  readonly question: string;
  /** The server, its topology, and where the contestants ran if apart. */
  readonly server: string;
  readonly figures: readonly Figures[];
  /** Contestants that are missing, why, and what to do about it. */
  readonly leftOut: readonly string[];
}

/** A case without figures. */
export interface UnmeasuredCase {
  readonly name: string;
  readonly question: string;
  /** What went wrong with it, or that its turn never came. */
  readonly error: string;
}

/** A number of operations a second, for people. */
export function rate(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M/s`;
  if (value >= 1e4) return `${(value / 1e3).toFixed(0)} k/s`;
  return value >= 1e3 ? `${(value / 1e3).toFixed(1)} k/s` : `${value.toFixed(0)}/s`;
}

/** A ratio to ours, for people. */
export function times(value: number): string {
  return value >= 10 ? `${value.toFixed(0)}×` : `${value < 0.1 ? value.toPrecision(2) : value.toFixed(2)}×`;
}

/** Ours is the first of a case, and whatever else goes by its name: the same on another client. */
export function isOurs({ contestant }: Figures, place: number): boolean {
  return place === 0 || contestant.startsWith('penknife');
}

/** A small count per operation, or a dash. */
export function perOperation(value: number | null, digits: number): string {
  // A hair below zero is no minus.
  return value === null ? '–' : value.toFixed(digits).replace(/^-(0(?:\.0+)?)$/, '$1');
}
