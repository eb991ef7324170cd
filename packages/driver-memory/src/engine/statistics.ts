/** Counters of INFO. */
export interface Statistics {
  commands: number;
  connections: number;
  hits: number;
  misses: number;
  expired: number;
  errors: Map<string, number>;
}

/** Counters before anything happened, and after CONFIG RESETSTAT. */
export function freshStatistics(): Statistics {
  return { commands: 0, connections: 0, hits: 0, misses: 0, expired: 0, errors: new Map() };
}
