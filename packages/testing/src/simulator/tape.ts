/** The decisions of a schedule that are not the plain one, by their number. */
export type Decisions = ReadonlyMap<number, number>;

/** How many decisions of one step are told apart. */
const decisionsPerStep = 64;

/**
 * Every choice that a schedule leaves open is one decision: a whole number below a limit, where 0 is the plainest choice
 * (the oldest message passes, no fault happens). A tape records what was decided otherwise, so a schedule is a short
 * list of numbers that can be played again, and made shorter. The idea is that of Hypothesis' internal shrinking.
 */
export class Tape {
  /** What was decided otherwise than 0. */
  readonly decisions: Map<number, number> = new Map();
  readonly #given: Decisions | undefined;
  #first = 0;
  #count = 0;
  #ended = false;

  /** `given`: decisions to play; without, they are drawn. */
  constructor(given?: Decisions) {
    this.#given = given;
  }

  /** A step begins. Decisions are counted within it, so that taking one back leaves those of other steps as they are. */
  step(number: number): void {
    this.#first = number * decisionsPerStep;
    this.#count = 0;
  }

  /** Decides between 0 and below `limit`. `draw` is asked where nothing is given. */
  decide(limit: number, draw: () => number): number {
    if (this.#ended || limit < 2) return 0;
    const number = this.#first + this.#count;
    if (this.#count < decisionsPerStep - 1) this.#count++;
    const value = this.#given === undefined ? draw() : (this.#given.get(number) ?? 0);
    // What was shortened may point beyond what there is to choose from now.
    if (value === 0 || value >= limit) return 0;
    this.decisions.set(number, value);
    return value;
  }

  /** From now on everything is decided plainly. */
  end(): void {
    this.#ended = true;
  }
}
