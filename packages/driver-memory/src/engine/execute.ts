import { isStackOverflow } from '@penknife/lua';
import { refusal } from './access.js';
import { failure } from './errors.js';
import { findCommand } from './find-command.js';
import { feedMonitors } from './monitor.js';
import { redacted } from './redacted.js';
import { BLOCKED, CommandError, QUEUED, type Reply } from './reply.js';
import type { Command, Session } from './session.js';
import { slotRefusal } from './slot-refusal.js';
import { trackReads } from './track-reads.js';

const execAborted = new CommandError('EXECABORT Transaction discarded because of previous errors.');
const notLoggedIn = new CommandError('NOAUTH Authentication required.');
const loadingError = new CommandError('LOADING Redis is loading the dataset in memory');

/** Runs one command for a client: lookup, arity, what its state allows, then the function or the transaction's queue. */
export function execute(session: Session, args: readonly string[]): Reply {
  const { engine } = session;
  engine.stats.commands++;
  session.lastActiveAt = engine.now;
  const command = findCommand(engine.commands, args);
  if (command instanceof CommandError) return refuse(session, undefined, command);
  session.lastCommand = command.name;
  if (!session.isAuthenticated && !command.signature.flags.has('no_auth')) {
    return refuse(session, command, notLoggedIn);
  }
  if (session.user !== undefined) {
    const refused = refusal(session.user, command, args);
    if (refused !== undefined) return refuse(session, command, refused);
  }
  if (engine.cluster !== undefined) {
    const refused = slotRefusal(session, command, args);
    if (refused !== undefined) return refuseSlot(session, command, refused);
  }
  if (engine.loading > 0 && !command.signature.flags.has('loading'))
    return refuse(session, command, loadingError);
  if (session.protocol === 2 && session.isSubscriber && !command.fitsSubscriber) {
    return refuse(
      session,
      command,
      failure(
        `Can't execute '${command.name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
      ),
    );
  }
  if (session.queued !== undefined && !command.endsTransaction) {
    if (command.signature.flags.has('no_multi')) {
      return refuse(session, command, failure('Command not allowed inside a transaction'));
    }
    session.queued.push({ command, args: [...args] });
    return QUEUED;
  }
  return runCommand(session, command, args);
}

/** Runs a command's function, counting and timing it; errors come back as values. */
export function runCommand(session: Session, command: Command, args: readonly string[]): Reply {
  command.calls++;
  if (session.engine.journal !== undefined && command.isWrite) return runWritten(session, command, args);
  return runUnwritten(session, command, args);
}

/** Changes in what a group knows of its consumers that no key shows. */
const keepsGroups: ReadonlySet<string> = new Set(
  'xreadgroup xclaim xautoclaim xgroup|createconsumer'.split(' '),
);

const none: readonly string[] = [];

function runWritten(session: Session, command: Command, args: readonly string[]): Reply {
  const { engine } = session;
  const before = engine.dirty;
  session.currentArgs = args;
  try {
    const reply = runUnwritten(session, command, args);
    const hasChanged =
      engine.dirty !== before || (keepsGroups.has(command.name) && !(reply instanceof CommandError));
    if (hasChanged && reply !== BLOCKED) engine.journal?.ran(session, args, reply);
    return reply;
  } catch (error) {
    // At the end of the stack something may have changed that was not counted yet. Who is no script hears of it.
    const mayHaveChanged = engine.dirty !== before || (session.inScript && isStackOverflow(error));
    if (mayHaveChanged) engine.journal?.lost(error);
    throw error;
  } finally {
    // What only reads may wait next: it must not be taken for this one.
    session.currentArgs = none;
  }
}

function runUnwritten(session: Session, command: Command, args: readonly string[]): Reply {
  const reply = command.isTimed ? runTimed(session, command, args) : runPlain(session, command, args);
  if (session.engine.monitors.size > 0) feedMonitors(session, command, args);
  if (session.tracking !== undefined && !session.tracking.broadcast) trackReads(session, command, args);
  return reply;
}

function runPlain(session: Session, command: Command, args: readonly string[]): Reply {
  try {
    const reply = command.run(session, args);
    if (reply instanceof CommandError) countFailure(session, command, reply);
    return reply;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    countFailure(session, command, error);
    return error;
  }
}

function runTimed(session: Session, command: Command, args: readonly string[]): Reply {
  const { engine } = session;
  const startedAt = engine.clock.monotonic();
  const reply = runPlain(session, command, args);
  const microseconds = Math.round((engine.clock.monotonic() - startedAt) * 1000);
  command.microseconds += microseconds;
  const limit = engine.config.slowerThanMicroseconds;
  if (limit >= 0 && microseconds >= limit && !session.inScript) {
    const shown = redacted(command.name, args, engine.profile.isLater);
    engine.slowLog.add(
      { atSeconds: engine.seconds, microseconds, args: shown, address: session.address, name: session.name },
      engine.config.slowLogLength,
    );
  }
  return reply;
}

function countFailure(session: Session, command: Command, error: CommandError): void {
  command.failed++;
  countError(session, error);
}

function countError(session: Session, error: CommandError): void {
  const { errors } = session.engine.stats;
  const code = error.err.slice(0, (error.err.indexOf(' ') + 1 || error.err.length + 1) - 1);
  if (errors.size < 1000 || errors.has(code)) errors.set(code, (errors.get(code) ?? 0) + 1);
}

/** A transaction that was begun ends with EXEC, wherever its keys are. */
function refuseSlot(session: Session, command: Command, error: CommandError): CommandError {
  if (command.name !== 'exec') return refuse(session, command, error);
  const broken = session.queueBroken;
  session.queued = undefined;
  session.queueBroken = false;
  session.engine.unwatch(session);
  if (broken) return refuse(session, command, execAborted);
  return refuse(session, command, error);
}

function refuse(session: Session, command: Command | undefined, error: CommandError): CommandError {
  if (command !== undefined) command.rejected++;
  if (session.queued !== undefined) session.queueBroken = true;
  countError(session, error);
  return error;
}
