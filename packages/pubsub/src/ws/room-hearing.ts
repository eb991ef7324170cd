import type { ChannelEvent } from '../event.js';
import type { Position } from '../position.js';

/** What a room brings before its client knows that it is in, and after. */
export interface RoomHearing {
  listen(event: ChannelEvent): void | Promise<void>;
  /** Where the first event that waits begins after; undefined while there is none. */
  begun(): Position | undefined;
  /** What waits goes on, and whatever follows at once. */
  open(): void;
}

/** Holds back the first event, and by that all others, until `open`. */
export function createRoomHearing(hand: (event: ChannelEvent) => void | Promise<void>): RoomHearing {
  let first: ChannelEvent | undefined;
  let isOpen = false;
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    listen(event) {
      if (isOpen) return hand(event);
      first ??= event;
      return opened.then(() => hand(event));
    },
    begun() {
      if (first?.type === 'gap') return first.from;
      const { epoch, offset } = first?.position ?? {};
      return epoch === undefined || offset === undefined ? undefined : { epoch, offset: offset - 1 };
    },
    open() {
      isOpen = true;
      open();
    },
  };
}
