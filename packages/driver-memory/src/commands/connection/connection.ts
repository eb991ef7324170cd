import { integer, isOption } from '../../engine/arguments.js';
import { failure, shown, wrongArity } from '../../engine/errors.js';
import { CommandError, OK, type Reply, Status } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';
import { databaseOf } from '../generic/move.js';
import { discardQueue } from '../transactions/transactions.js';
import { setName } from './client.js';

const pong = new Status('PONG');
const reset = new Status('RESET');
const noPassword = failure(
  'AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
);
const wrongPassword = new CommandError('WRONGPASS invalid username-password pair or user is disabled.');
const notLoggedIn = new CommandError(
  'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
);
const noProtocol = new CommandError('NOPROTO unsupported protocol version');

function ping(session: Session, args: readonly string[]): Reply {
  if (args.length > 2) throw wrongArity('ping');
  if (session.protocol === 2 && session.isSubscriber) return ['pong', args[1] ?? ''];
  return args[1] ?? pong;
}

/** Logs a session in; the default user has no password and takes any. */
export function authenticate(session: Session, name: string, password: string): CommandError | undefined {
  const { users, config } = session.engine;
  const user = users.get(name);
  if (name === 'default') {
    const required = config.get('requirepass');
    if (required !== '' && password !== required) return wrongPassword;
  } else if (user?.accepts(password) !== true) return wrongPassword;
  session.user = user;
  session.isAuthenticated = true;
  return undefined;
}

function auth(session: Session, args: readonly string[]): Reply {
  if (args.length > 3) return failure('syntax error');
  if (args.length === 2) {
    if (session.engine.config.get('requirepass') === '') return noPassword;
    return authenticate(session, 'default', args[1] as string) ?? OK;
  }
  return authenticate(session, args[1] as string, args[2] as string) ?? OK;
}

function hello(session: Session, args: readonly string[]): Reply {
  let protocol: number = session.protocol;
  if (args.length >= 2) {
    protocol = integer(args[1] as string, failure('Protocol version is not an integer or out of range'));
    if (protocol !== 2 && protocol !== 3) return noProtocol;
  }
  let name: string | undefined;
  for (let i = 2; i < args.length; i++) {
    const more = args.length - 1 - i;
    if (isOption(args[i], 'AUTH') && more >= 2) {
      const refused = authenticate(session, args[i + 1] as string, args[i + 2] as string);
      if (refused !== undefined) return refused;
      i += 2;
    } else if (isOption(args[i], 'SETNAME') && more >= 1) {
      name = args[++i] as string;
    } else return failure(`Syntax error in HELLO option '${shown(args[i] as string)}'`);
  }
  if (!session.isAuthenticated) return notLoggedIn;
  if (name !== undefined) {
    const refused = setName(session, name);
    if (refused !== undefined) return refused;
  }
  session.protocol = protocol as 2 | 3;
  return session.map([
    'server',
    session.engine.profile.product,
    'version',
    session.engine.profile.version,
    'proto',
    protocol,
    'id',
    session.id,
    'mode',
    session.engine.cluster === undefined ? 'standalone' : 'cluster',
    'role',
    'master',
    'modules',
    [],
  ]);
}

function resetSession(session: Session): Reply {
  const { engine } = session;
  discardQueue(session);
  engine.unwatch(session);
  engine.pubSub.forget(session);
  engine.tracking.disable(session);
  session.db = engine.database(0);
  session.protocol = 2;
  session.name = '';
  session.noEvict = false;
  session.user = undefined;
  session.isAuthenticated = engine.config.get('requirepass') === '' || session.localAddress === 'memory:0';
  session.replyMode = 'on';
  session.isMonitor = false;
  engine.monitors.delete(session);
  return reset;
}

function quit(session: Session): Reply {
  session.engine.closeSession(session);
  return OK;
}

/** What a client says about its connection. */
export const connectionCommands: CommandFamily = {
  ping,
  echo: (_session, args) => args[1] as string,
  auth,
  hello,
  select: (session, args) => {
    session.db = databaseOf(session, args[1] as string);
    return OK;
  },
  reset: resetSession,
  quit,
};
