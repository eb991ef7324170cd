import { exactInteger, isOption } from '../../engine/arguments.js';
import { errorLine, failure, shown, subcommandSyntax } from '../../engine/errors.js';
import { CommandError, OK, type Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import { ConsumerGroup } from '../../structures/stream/consumer-group.js';
import { Stream } from '../../structures/stream/stream.js';
import type { CommandFamily } from '../command-family.js';
import { looseId, strictId } from './stream-arguments.js';

const keyMustExist = failure(
  'The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.',
);
const busyGroup = new CommandError('BUSYGROUP Consumer Group name already exists');
const badEntriesRead = failure('value for ENTRIESREAD must be positive or -1');

const mostForCreate = 8;
const mostForSetId = 7;

interface GroupOptions {
  readonly makes: boolean;
  readonly entriesRead: number | undefined;
}

function readOptions(args: readonly string[], creates: boolean): GroupOptions {
  let makes = false;
  let entriesRead: number | undefined;
  for (let i = 5; i < args.length; i++) {
    if (creates && isOption(args[i], 'MKSTREAM')) makes = true;
    else if (isOption(args[i], 'ENTRIESREAD') && i + 1 < args.length) {
      const value = Number(exactInteger(args[++i] as string));
      if (value < -1) throw badEntriesRead;
      entriesRead = value === -1 ? undefined : value;
    } else throw subcommandSyntax('XGROUP', args[1] as string);
  }
  return { makes, entriesRead };
}

function presentGroup(session: Session, args: readonly string[]): { stream: Stream; group: ConsumerGroup } {
  const key = args[2] as string;
  const name = args[3] as string;
  const stream = session.db.write(key, 'stream');
  if (stream === undefined) throw keyMustExist;
  const group = stream.groups.get(name);
  if (group === undefined) {
    throw errorLine(`NOGROUP No such consumer group '${shown(name)}' for key name '${shown(key)}'`);
  }
  return { stream, group };
}

/** Redis 8.6 takes no more for read than was ever added. */
function capped({ engine }: Session, stream: Stream, entriesRead: number | undefined): number | undefined {
  if (entriesRead === undefined || engine.profile.compatibility !== '8.6') return entriesRead;
  return Math.min(entriesRead, stream.entriesAdded);
}

function create(session: Session, args: readonly string[]): Reply {
  const key = args[2] as string;
  const name = args[3] as string;
  const { makes, entriesRead } = readOptions(args, true);
  const { db } = session;
  const present = db.write(key, 'stream');
  if (present === undefined && !makes) throw keyMustExist;
  if (args.length > mostForCreate) throw subcommandSyntax('XGROUP', args[1] as string);
  const idText = args[4] as string;
  const fixed = idText === '$' ? undefined : strictId(idText);
  const stream = present ?? db.add(key, 'stream', new Stream()).value;
  if (present === undefined) db.touched(key, session);
  if (stream.groups.has(name)) throw busyGroup;
  stream.groups.set(name, new ConsumerGroup(fixed ?? stream.lastId, capped(session, stream, entriesRead)));
  db.noted(key, 't', 'xgroup-create');
  return OK;
}

function setId(session: Session, args: readonly string[]): Reply {
  const { entriesRead } = readOptions(args, false);
  const { stream, group } = presentGroup(session, args);
  if (args.length > mostForSetId) throw subcommandSyntax('XGROUP', args[1] as string);
  const idText = args[4] as string;
  group.setPosition(idText === '$' ? stream.lastId : looseId(idText), capped(session, stream, entriesRead));
  session.db.noted(args[2] as string, 't', 'xgroup-setid');
  return OK;
}

function destroy(session: Session, args: readonly string[]): Reply {
  const key = args[2] as string;
  const { db, engine } = session;
  const stream = db.write(key, 'stream');
  if (stream === undefined) throw keyMustExist;
  if (!stream.groups.delete(args[3] as string)) return 0;
  db.noted(key, 't', 'xgroup-destroy');
  // Whoever waits in the group is to hear that it is gone.
  engine.blocking.ready(db, key);
  return 1;
}

function createConsumer(session: Session, args: readonly string[]): Reply {
  const { group } = presentGroup(session, args);
  if (group.createConsumer(args[4] as string, session.engine.now) === undefined) return 0;
  session.db.noted(args[2] as string, 't', 'xgroup-createconsumer');
  return 1;
}

function deleteConsumer(session: Session, args: readonly string[]): Reply {
  const { group } = presentGroup(session, args);
  if (!group.consumers.has(args[4] as string)) return 0;
  const pending = group.deleteConsumer(args[4] as string);
  session.db.noted(args[2] as string, 't', 'xgroup-delconsumer');
  return pending;
}

function xack(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const group = session.db.write(key, 'stream')?.groups.get(args[2] as string);
  if (group === undefined) return 0;
  const ids = args.slice(3).map((text) => strictId(text));
  let acknowledged = 0;
  for (const id of ids) if (group.acknowledge(id)) acknowledged++;
  if (acknowledged > 0) session.engine.dirty++;
  return acknowledged;
}

/** Consumer groups: made, moved, removed, acknowledged. */
export const groupCommands: CommandFamily = {
  'xgroup|create': create,
  'xgroup|setid': setId,
  'xgroup|destroy': destroy,
  'xgroup|createconsumer': createConsumer,
  'xgroup|delconsumer': deleteConsumer,
  xack,
};
