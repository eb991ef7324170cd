import { failure } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import {
  compareIds,
  MAXIMUM_ID,
  MINIMUM_ID,
  nextId,
  previousId,
  type StreamId,
} from '../../structures/stream/stream-id.js';
import type { CommandFamily } from '../command-family.js';
import { readOptions, refuseBlockInScript, streamsReply, waitOrNothing } from './read-options.js';
import { entryReply, strictId } from './stream-arguments.js';

const newWithoutGroup = failure(
  'The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.',
);

const neverFilled = failure('the stream last element ID is 0-0');

function xread(session: Session, args: readonly string[]): Reply {
  const options = readOptions(session, args, false);
  refuseBlockInScript(session, args, options);
  const { db, engine } = session;
  const after = options.keys.map((key, i): StreamId => {
    const text = options.ids[i] as string;
    const stream = db.read(key, 'stream');
    if (text === '>') throw newWithoutGroup;
    if (text === '+' && engine.profile.isLater) {
      // A fault of Valkey 8.1 that 9 has no more.
      const refusesNone = engine.profile.compatibility === 'valkey-8.1';
      if (refusesNone && stream !== undefined && compareIds(stream.lastId, MINIMUM_ID) === 0)
        throw neverFilled;
      const last = stream?.log.edge(true)?.id;
      return last === undefined ? (stream?.lastId ?? strictId('0-0')) : (previousId(last) ?? last);
    }
    return text === '$' ? (stream?.lastId ?? strictId('0-0')) : strictId(text);
  });
  const entriesOf = (key: string, i: number): Reply | undefined => {
    const start = nextId(after[i] as StreamId);
    const stream = db.read(key, 'stream');
    if (start === undefined || stream === undefined || compareIds(stream.lastId, start) < 0) return undefined;
    const entries = stream.log.range(start, MAXIMUM_ID, options.count);
    return entries.length === 0 ? undefined : entries.map(entryReply);
  };
  const found: [string, Reply][] = [];
  options.keys.forEach((key, i) => {
    const entries = entriesOf(key, i);
    if (entries !== undefined) found.push([key, entries]);
  });
  if (found.length > 0) return streamsReply(session, found);
  const attempt = (key: string): Reply | undefined => {
    const entries = entriesOf(key, options.keys.indexOf(key));
    return entries === undefined ? undefined : streamsReply(session, [[key, entries]]);
  };
  return waitOrNothing(session, options, attempt);
}

/** XREAD. */
export const readCommands: CommandFamily = { xread };
