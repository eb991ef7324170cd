/** A sale of one item, in the words that all of them share. */
export interface Shop {
  readonly name: string;
  readonly guarantees: string;
  /** Puts so many on the shelf. */
  restock(quantity: number): Promise<void>;
  /** One buyer's try, on one of the shop's connections: true when it was sold to him. */
  buy(buyer: number): Promise<boolean>;
  /** How often it had to begin anew for one sale, on average, where it may have to. */
  triesASale?(): number;
  close(): Promise<void>;
}
