/** A sale of one item, in the words that all of them share. */
export interface Shop {
  readonly name: string;
  readonly guarantees: string;
  /** Puts so many on the shelf. */
  restock(quantity: number): Promise<void>;
  /** One buyer's try, on one of the shop's connections: true when it was sold to him. */
  buy(buyer: number): Promise<boolean>;
  /** What it cost besides, in a few words. */
  remark?(): string;
  close(): Promise<void>;
}
