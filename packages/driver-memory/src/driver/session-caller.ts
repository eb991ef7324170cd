import { ConnectionError, type Reply as DriverReply } from '@penknife/core';
import type { WireCall } from '@penknife/core/driver-kit';
import { CommandError, NULL_ARRAY, type Reply } from '../engine/reply.js';
import type { Session } from '../engine/session.js';
import type { FailureEffect } from './scripted-failures.js';
import { argumentsBytes, toBytes } from './text.js';
import { serverError, toDriverReply } from './to-reply.js';
import type { World } from './world.js';

/** What is done on a session when it can be, and what takes its answer. */
type Act = (session: Session, respond: (reply: Reply) => void) => void;

/** Calls on one session as promises. Those without an answer reject when the connection ends. */
export class SessionCaller {
  readonly #world: World;
  readonly #session: Session;
  readonly #waiting = new Set<(error: ConnectionError) => void>();
  #ended: ConnectionError | undefined;

  constructor(world: World, session: Session) {
    this.#world = world;
    this.#session = session;
  }

  call(call: WireCall): Promise<DriverReply> {
    const { failures } = this.#world;
    const effect = failures.armed ? failures.take(call.args) : undefined;
    return effect === undefined ? this.#run(call) : this.#fail(call, effect);
  }

  /** As it was chosen, when the call's turn has come: a paused engine holds it up as any other. */
  #fail(call: WireCall, effect: FailureEffect): Promise<DriverReply> {
    if (typeof effect === 'string') {
      return this.#answer(call, (session) => {
        if (effect === 'drop-reply') session.submit(argumentsBytes(call.args), () => undefined);
        this.#world.cutSession(session);
      });
    }
    if ('error' in effect) {
      return this.#answer(call, (_session, respond) => respond(new CommandError(toBytes(effect.error))));
    }
    return this.#delay(effect.delayMs).then(() => this.#run(call));
  }

  #run(call: WireCall): Promise<DriverReply> {
    return this.#answer(call, (session, respond) => session.submit(argumentsBytes(call.args), respond));
  }

  async #answer(call: WireCall, act: Act): Promise<DriverReply> {
    const reply = await this.#perform(act);
    this.#refuseUnkept();
    return toDriverReply(reply, call.bytes, call.args[0] as string);
  }

  /** MULTI, the calls, EXEC, with nothing in between. Null when a watched key changed. */
  transaction(calls: readonly WireCall[]): Promise<readonly DriverReply[] | null> {
    return this.#perform((session, respond) => {
      const ignore = (): void => undefined;
      let unopened: CommandError | undefined;
      session.submit(['MULTI'], (reply) => {
        if (reply instanceof CommandError) unopened = reply;
      });
      // Without it the calls would run one by one.
      if (unopened !== undefined) {
        respond(unopened);
        return;
      }
      for (const call of calls) session.submit(argumentsBytes(call.args), ignore);
      session.submit(['EXEC'], respond);
    }).then((reply) => {
      this.#refuseUnkept();
      if (reply === NULL_ARRAY) return null;
      if (reply instanceof CommandError) throw serverError(reply, 'EXEC');
      return (reply as readonly Reply[]).map((item, i) =>
        item instanceof CommandError
          ? serverError(item, calls[i]?.args[0] as string)
          : toDriverReply(item, calls[i]?.bytes === true, 'EXEC'),
      );
    });
  }

  #delay(delayMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const gone = (error: ConnectionError): void => {
        timer.cancel();
        reject(error);
      };
      const timer = this.#world.engine.clock.timer(delayMs, () => {
        this.#waiting.delete(gone);
        resolve();
      });
      this.#waiting.add(gone);
    });
  }

  /** Nothing more will be answered. */
  end(error: ConnectionError): void {
    this.#ended = error;
    for (const reject of this.#waiting) reject(error);
    this.#waiting.clear();
  }

  /** What was written in the turn of an answer is kept by now, or could not be. */
  #refuseUnkept(): void {
    const { failure } = this.#world;
    if (failure === undefined) return;
    throw new ConnectionError('the answer could not be kept', { sent: 'maybe', cause: failure });
  }

  #perform(act: Act): Promise<Reply> {
    return new Promise((resolve, reject) => {
      let answered = false;
      this.#world.whenRunning(() => {
        if (this.#session.isClosed) return;
        try {
          act(this.#session, (reply) => {
            answered = true;
            this.#waiting.delete(reject);
            resolve(reply);
          });
        } catch (error) {
          // A defect: those behind it run all the same.
          answered = true;
          this.#waiting.delete(reject);
          reject(error);
        }
      });
      if (answered) return;
      if (!this.#session.isClosed) this.#waiting.add(reject);
      else reject(this.#ended ?? new ConnectionError('the connection is closed', { sent: 'maybe' }));
    });
  }
}
