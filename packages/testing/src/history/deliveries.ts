/** A message's way: its sender tried, was told that it is kept, and somebody was done with it. */
export type DeliveryEvent =
  | { readonly type: 'sending'; readonly id: string }
  | { readonly type: 'sent'; readonly id: string }
  | {
      readonly type: 'delivered';
      readonly id: string;
      /** What keeps an order of its own, and the message's place in it. */
      readonly key: string;
      readonly position: number | bigint;
      /** The consumer it came to. */
      readonly to: string;
      /** Known to be delivered again: no order is asked of it. */
      readonly again?: true;
    }
  | { readonly type: 'handled'; readonly id: string };

/** What became of messages. */
export interface DeliveryReport {
  /** Sent, as the sender was told, and never handled. */
  readonly lost: readonly string[];
  /** Handled, though nobody had tried to send them. */
  readonly unknown: readonly string[];
  /** Handled more than once, which at least once allows: to be counted, not to be complained of. */
  readonly repeated: readonly string[];
}

/** At least once: reads what was sent, perhaps sent and handled. Right when `lost` and `unknown` are empty. */
export function readDeliveries(events: readonly object[]): DeliveryReport {
  const tried = new Set<string>();
  const sent = new Set<string>();
  const handled = new Map<string, number>();
  for (const event of events as readonly DeliveryEvent[]) {
    if (event.type === 'sending' || event.type === 'sent') tried.add(event.id);
    if (event.type === 'sent') sent.add(event.id);
    if (event.type === 'handled') handled.set(event.id, (handled.get(event.id) ?? 0) + 1);
  }
  return {
    lost: [...sent].filter((id) => !handled.has(id)),
    unknown: [...handled.keys()].filter((id) => !tried.has(id)),
    repeated: [...handled].filter(([, times]) => times > 1).map(([id]) => id),
  };
}

/**
 * Order per key: first deliveries that went back within a key, at each consumer by itself, or `across` all of them: also where
 * one hands its keys over to another. Empty when nothing is wrong. Holes are no disorder; what got lost is said by
 * `readDeliveries`.
 */
export function disorder(
  events: readonly object[],
  { across = false }: { readonly across?: boolean } = {},
): string[] {
  const last = new Map<string, Extract<DeliveryEvent, { type: 'delivered' }>>();
  const complaints: string[] = [];
  for (const event of events as readonly DeliveryEvent[]) {
    if (event.type !== 'delivered' || event.again) continue;
    const line = across ? event.key : JSON.stringify([event.key, event.to]);
    const before = last.get(line);
    if (before !== undefined && event.position <= before.position)
      complaints.push(
        `${event.key}: ${event.id} (${event.position}) came to ${event.to} after ${before.id} (${before.position})${before.to === event.to ? '' : ` came to ${before.to}`}`,
      );
    last.set(line, event);
  }
  return complaints;
}
