/** What there is of one item. `free + held = on hand`; `sold` only grows. Whole numbers. */
export interface StockLevel {
  /** Can be reserved now. */
  readonly free: number;
  /** Reserved, not yet confirmed. */
  readonly held: number;
  /** Confirmed, ever. */
  readonly sold: number;
}

/** An item that an act changed: what was free before, and what there is now. */
export interface LevelChange {
  readonly item: string;
  readonly freeBefore: number;
  readonly level: StockLevel;
}

/** The level as scripts tell it. */
export function levelOf(onHand: string, held: string, sold: string): StockLevel {
  return { free: Number(onHand) - Number(held), held: Number(held), sold: Number(sold) };
}
