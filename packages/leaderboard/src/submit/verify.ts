import {
  AbortedError,
  type CallOptions,
  type Clock,
  checkObject,
  oneDeadline,
  waitWithin,
} from '@penknife/core';
import { UnverifiedScoreError } from '../errors.js';
import { checkMember } from '../member.js';
import type { Column, SubmittedScore } from '../order/column.js';

/** What somebody claims to have scored, with the proof of it. */
export interface ScoreClaim<O extends readonly Column[]> {
  readonly member: string;
  readonly score: SubmittedScore<O>;
  /** The parts that the submit names. */
  readonly in: Readonly<Partial<Record<string, string>>> | undefined;
  readonly key: string | undefined;
  readonly occurredAt: number | undefined;
  /** What the submit brought along: a signature of your game server, for example. */
  readonly proof: string | undefined;
}

/** True: the score is submitted. False: it is refused with `UnverifiedScoreError`. What it throws, the submit rejects with. */
export type Verify<O extends readonly Column[]> = (claim: ScoreClaim<O>) => boolean | Promise<boolean>;

/** What of a submit's options a claim is made of. */
export interface ClaimOptions {
  readonly in?: Readonly<Partial<Record<string, string>>>;
  readonly key?: string;
  readonly occurredAt?: number;
  readonly proof?: string;
}

/** Asks whether a score may be submitted, before anything is sent. */
export async function verifyClaim<O extends readonly Column[]>(
  verify: Verify<O>,
  member: string,
  score: SubmittedScore<O>,
  { in: parts, key, occurredAt, proof }: ClaimOptions = {},
): Promise<void> {
  checkMember(member);
  checkObject('score', score);
  const isTrue = await verify({ member, score, in: parts, key, occurredAt, proof });
  if (isTrue !== true) throw new UnverifiedScoreError(member);
}

/** Waits for `act` no longer than the call may take, nor beyond its signal; gives what of the deadline is left. */
export async function withinCall(
  clock: Clock,
  call: CallOptions = {},
  act: () => Promise<void>,
): Promise<CallOptions | undefined> {
  const { signal } = call;
  const left = oneDeadline(clock, call);
  if (signal?.aborted) throw new AbortedError(signal.reason, 'no');
  await waitWithin(clock, act(), call, 'no');
  return left();
}
