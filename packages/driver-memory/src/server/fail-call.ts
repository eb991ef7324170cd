import type { Timer } from '@penknife/core';
import type { FailureEffect } from '../driver/scripted-failures.js';
import { CommandError, type Reply } from '../engine/reply.js';

/** What can be done with a call at the door. */
export interface FailingCall {
  respond(reply: Reply): void;
  /** Runs it as if nothing had been chosen. */
  run(): void;
  /** Runs it, and nobody hears of it. */
  runUnheard(): void;
  /** Ends the connection. */
  end(): void;
  /** Calls back so many ms later, by the engine's clock. */
  later(delayMs: number, act: () => void): Timer;
}

/** Lets a call fail as it was chosen to; gives the timer of one that runs later: what comes behind it waits. */
export function failCall(effect: FailureEffect, call: FailingCall): Timer | undefined {
  if (typeof effect === 'string') {
    if (effect === 'drop-reply') call.runUnheard();
    call.end();
    return undefined;
  }
  if ('delayMs' in effect) return call.later(effect.delayMs, () => call.run());
  call.respond(new CommandError(effect.error));
  return undefined;
}
