/** What travels: 113 bytes as JSON. */
export interface Order {
  readonly order: string;
  readonly customer: string;
  readonly total: number;
  readonly note: string;
}

/** The same order for everybody, with a number of its own. */
export function orderOf(turn: number): Order {
  return {
    order: `order-${String(turn).padStart(10, '0')}`,
    customer: 'customer-0000000042',
    total: 1299,
    note: 'leave it with the neighbour',
  };
}

export function orders(count: number): Order[] {
  return Array.from({ length: count }, (_, turn) => orderOf(turn));
}
