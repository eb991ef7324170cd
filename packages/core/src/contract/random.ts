/** The only source of chance: the platform's crypto by default, seeded under the simulator. */
export interface RandomSource {
  /** `length` unpredictable bytes. */
  bytes(length: number): Uint8Array;
  /** A number in [0, 1), for jitter and sampling; not for secrets. */
  fraction(): number;
}
