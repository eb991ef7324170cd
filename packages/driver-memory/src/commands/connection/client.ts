import { exactInteger, integer, isOption } from '../../engine/arguments.js';
import {
  failure,
  shown,
  syntaxError,
  timeoutNegative,
  timeoutNotInteger,
  wrongArity,
} from '../../engine/errors.js';
import { type CommandError, NO_REPLY, OK, type Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';

const printable = /^[!-~]*$/;
const badName = failure('Client names cannot contain spaces, newlines or special characters.');
const noSuchClient = failure('No such client');
const badId = failure('client-id should be greater than 0');
const badClientId = failure('Invalid client ID');
const badPauseMode = failure('CLIENT PAUSE mode must be WRITE or ALL');
const badReason = failure('CLIENT UNBLOCK reason should be TIMEOUT or ERROR');

/** Names a session; an error for characters a name must not have. */
export function setName(session: Session, name: string): CommandError | undefined {
  if (!printable.test(name)) return badName;
  session.name = name;
  return undefined;
}

/** One line of CLIENT LIST. */
function describeSession(session: Session): string {
  const { engine } = session;
  const seconds = (since: number): number => Math.floor((engine.now - since) / 1000);
  let flags = '';
  if (session.isMonitor) flags += 'O';
  if (session.isSubscriber) flags += 'P';
  if (session.queued !== undefined) flags += 'x';
  if (session.blocked !== undefined) flags += 'b';
  if (session.tracking !== undefined) flags += session.tracking.broadcast ? 'tB' : 't';
  if (session.watchBroken) flags += 'd';
  if (session.noEvict) flags += 'e';
  const fields: readonly (readonly [string, string | number])[] = [
    ['id', session.id],
    ['addr', session.address],
    ['laddr', session.localAddress],
    ['fd', session.id],
    ['name', session.name],
    ['age', seconds(session.createdAt)],
    ['idle', seconds(session.lastActiveAt)],
    ['flags', flags || 'N'],
    ['db', session.db.index],
    ['sub', session.channels.size],
    ['psub', session.patterns.size],
    ['ssub', session.shardChannels.size],
    ['multi', session.queued?.length ?? -1],
    ['qbuf', 0],
    ['qbuf-free', 0],
    ['argv-mem', 0],
    ['multi-mem', 0],
    ['rbs', 0],
    ['rbp', 0],
    ['obl', 0],
    ['oll', 0],
    ['omem', 0],
    ['tot-mem', 0],
    ['events', 'r'],
    ['cmd', session.lastCommand || 'NULL'],
    ['user', session.user?.name ?? 'default'],
    ['redir', session.tracking?.redirect ?? -1],
    ['resp', session.protocol],
    ...(engine.profile.isLater
      ? ([
          ['lib-name', session.libraryName],
          ['lib-ver', session.libraryVersion],
        ] as const)
      : []),
  ];
  return `${fields.map(([name, value]) => `${name}=${value}`).join(' ')}\n`;
}

const types: readonly string[] = ['normal', 'master', 'replica', 'slave', 'pubsub'];

function isOfType(session: Session, type: string): boolean {
  return type === (session.isSubscriber ? 'pubsub' : 'normal');
}

function typeOf(text: string): string {
  const type = text.toLowerCase();
  if (!types.includes(type)) throw failure(`Unknown client type '${shown(text)}'`);
  return type;
}

function list(session: Session, args: readonly string[]): Reply {
  let chosen = [...session.engine.sessions.values()];
  if (args.length === 4 && isOption(args[2], 'TYPE')) {
    const type = typeOf(args[3] as string);
    chosen = chosen.filter((other) => isOfType(other, type));
  } else if (args.length > 3 && isOption(args[2], 'ID')) {
    const ids = new Set(args.slice(3).map((id) => integer(id, badClientId)));
    chosen = chosen.filter(({ id }) => ids.has(id));
  } else if (args.length !== 2) throw syntaxError;
  return chosen.map(describeSession).join('');
}

function kill(session: Session, args: readonly string[]): Reply {
  const sessions = [...session.engine.sessions.values()];
  if (args.length === 3) {
    const found = sessions.find(({ address }) => address === args[2]);
    if (found === undefined) throw noSuchClient;
    session.engine.closeSession(found);
    return OK;
  }
  if (args.length % 2 !== 0) throw syntaxError;
  let skipOwn = true;
  const tests: ((other: Session) => boolean)[] = [];
  for (let i = 2; i < args.length; i += 2) {
    const value = args[i + 1] as string;
    if (isOption(args[i], 'ID')) {
      const id = integer(value, badId);
      if (id < 1) throw badId;
      tests.push((other) => other.id === id);
    } else if (isOption(args[i], 'TYPE')) {
      const type = typeOf(value);
      tests.push((other) => isOfType(other, type));
    } else if (isOption(args[i], 'ADDR')) tests.push((other) => other.address === value);
    else if (isOption(args[i], 'LADDR')) tests.push((other) => other.localAddress === value);
    else if (isOption(args[i], 'USER')) {
      if (value !== 'default' && !session.engine.users.has(value))
        throw failure(`No such user '${shown(value)}'`);
      tests.push((other) => (other.user?.name ?? 'default') === value);
    } else if (isOption(args[i], 'SKIPME')) {
      if (!isOption(value, 'YES') && !isOption(value, 'NO')) throw syntaxError;
      skipOwn = isOption(value, 'YES');
    } else throw syntaxError;
  }
  const chosen = sessions.filter(
    (other) => !(skipOwn && other === session) && tests.every((test) => test(other)),
  );
  for (const other of chosen) session.engine.closeSession(other);
  return chosen.length;
}

function unblock(session: Session, args: readonly string[]): Reply {
  let withError = false;
  if (args.length === 4) {
    if (isOption(args[3], 'ERROR')) withError = true;
    else if (!isOption(args[3], 'TIMEOUT')) throw badReason;
  } else if (args.length !== 3) throw syntaxError;
  const target = session.engine.sessions.get(Number(exactInteger(args[2] as string)));
  return target !== undefined && session.engine.blocking.unblockByOrder(target, withError) ? 1 : 0;
}

function noEvict(session: Session, args: readonly string[]): Reply {
  if (isOption(args[2], 'ON')) session.noEvict = true;
  else if (isOption(args[2], 'OFF')) session.noEvict = false;
  else throw syntaxError;
  return OK;
}

const badInfo = (option: string): CommandError =>
  failure(`${option.toUpperCase()} cannot contain spaces, newlines or special characters.`);

function setInfo(session: Session, args: readonly string[]): Reply {
  const [, , option, value] = args as readonly [string, string, string, string];
  const isName = isOption(option, 'LIB-NAME');
  if (!isName && !isOption(option, 'LIB-VER')) throw failure(`Unrecognized option '${shown(option)}'`);
  const text = shown(value);
  if (!printable.test(text)) throw badInfo(option);
  if (isName) session.libraryName = text;
  else session.libraryVersion = text;
  return OK;
}

function noTouch(_session: Session, args: readonly string[]): Reply {
  if (!isOption(args[2], 'ON') && !isOption(args[2], 'OFF')) throw syntaxError;
  return OK;
}

function pause(session: Session, args: readonly string[]): Reply {
  const { engine } = session;
  if (args.length > 4 || (args.length === 4 && !isOption(args[3], 'ALL') && !isOption(args[3], 'WRITE'))) {
    throw args.length > 4 ? wrongArity('client|pause') : badPauseMode;
  }
  const ms = integer(args[2] as string, timeoutNotInteger);
  if (ms < 0) throw timeoutNegative;
  engine.pause.start(engine.now + ms, isOption(args[3], 'WRITE'), () => {
    engine.refreshTime();
    engine.pause.end();
  });
  return OK;
}

function replyMode(session: Session, args: readonly string[]): Reply {
  if (isOption(args[2], 'ON')) {
    session.replyMode = 'on';
    return OK;
  }
  if (isOption(args[2], 'OFF')) session.replyMode = 'off';
  else if (!isOption(args[2], 'SKIP')) throw syntaxError;
  else if (session.replyMode === 'on') session.replyMode = 'skip';
  return NO_REPLY;
}

/** CLIENT, apart from tracking. */
export const clientCommands: CommandFamily = {
  'client|id': (session) => session.id,
  'client|setname': (session, args) => setName(session, args[2] as string) ?? OK,
  'client|getname': (session) => (session.name === '' ? null : session.name),
  'client|info': (session) => describeSession(session),
  'client|list': list,
  'client|kill': kill,
  'client|unblock': unblock,
  'client|no-evict': noEvict,
  'client|no-touch': noTouch,
  'client|setinfo': setInfo,
  'client|pause': pause,
  'client|unpause': (session) => {
    session.engine.pause.end();
    return OK;
  },
  'client|reply': replyMode,
};
