import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ContractContext } from './contract-context.js';

/** Collects what is reported of listeners, until the case ends. */
export function reportedErrors(context: ContractContext): unknown[] {
  const reported: unknown[] = [];
  const onMessage = (message: unknown): void => void reported.push((message as { error: unknown }).error);
  subscribe('penknife:listener.error', onMessage);
  context.atEnd(() => unsubscribe('penknife:listener.error', onMessage));
  return reported;
}
