import type { Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { createPresence, createPubSub, type Presence } from '../src/index.js';
import { type PresenceCall, presenceCall } from './presence-wrong.js';

/** What happens between a call and its answer. */
export type Between = (call: PresenceCall, send: () => Promise<unknown>) => Promise<unknown>;

/** A process, and what is seen of it. */
export interface PresenceProcess {
  readonly presence: Presence;
  /** Who is present, by name. */
  seen(): Promise<string[]>;
  /** How many calls were made under the process' name of that generation. */
  made(act: PresenceCall['act'], generation: number): number;
  /** Its first name on the server; '' before it has one. */
  name(): string;
}

/** A process with its presence, whose calls a test sees and may hold up. */
export async function openPresence(
  context: MatrixContext,
  { lease, room, between }: { readonly lease: number; readonly room: string; readonly between: Between },
): Promise<PresenceProcess> {
  const inner = await context.driver();
  const calls: PresenceCall[] = [];
  const driver: Driver = {
    ...inner,
    send(command, options) {
      const call = presenceCall(command);
      return between(call, () => {
        calls.push(call);
        return inner.send(command, options);
      }) as never;
    },
  };
  const presence = createPresence(createPubSub(driver), { lease, grace: 0 });
  const seen = async () => (await presence.who(room)).map(({ user }) => user).sort();
  const made = (act: PresenceCall['act'], generation: number) =>
    calls.filter((call) => call.act === act && call.generation === generation).length;
  const name = () => calls.find(({ act }) => act === 'begin')?.name ?? '';
  return { presence, seen, made, name };
}

/** Something that is waited for, and happens once. */
export function gate(): { readonly open: () => void; readonly opened: Promise<void> } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}
