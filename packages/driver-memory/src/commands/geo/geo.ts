import { isOption } from '../../engine/arguments.js';
import { syntaxError } from '../../engine/errors.js';
import { DoubleReply, NULL_ARRAY, type Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import { distance } from '../../structures/geo/distance.js';
import { type Position, positionOf, scoreOf, standardGeohash } from '../../structures/geo/geohash.js';
import { fixedDecimals } from '../../structures/numbers/fixed-decimals.js';
import { formatDouble } from '../../structures/numbers/format-double.js';
import type { CommandFamily } from '../command-family.js';
import { zadd } from '../sorted-set/add.js';
import { position, unit } from './geo-arguments.js';

function geoadd(session: Session, args: readonly string[]): Reply {
  let at = 2;
  let nx = false;
  let xx = false;
  for (; at < args.length; at++) {
    if (isOption(args[at], 'NX')) nx = true;
    else if (isOption(args[at], 'XX')) xx = true;
    else if (!isOption(args[at], 'CH')) break;
  }
  if ((args.length - at) % 3 !== 0 || (nx && xx)) throw syntaxError;
  const call = args.slice(0, at);
  for (; at < args.length; at += 3) {
    const place = position(args[at] as string, args[at + 1] as string);
    call.push(String(scoreOf(place)), args[at + 2] as string);
  }
  return zadd(session, call);
}

function geodist(session: Session, args: readonly string[]): Reply {
  if (args.length > 5) throw syntaxError;
  const metres = args[4] === undefined ? 1 : unit(args[4]);
  const set = session.db.read(args[1] as string, 'zset');
  const from = set?.score(args[2] as string);
  const to = set?.score(args[3] as string);
  if (from === undefined || to === undefined) return null;
  return distanceReply(distance(positionOf(from), positionOf(to)) / metres);
}

/** A distance as replies show it. */
export function distanceReply(value: number): string {
  return fixedDecimals(value, 4);
}

/** A place as replies show it: seventeen digits after the point, zeros at the end left out; few digits since Redis 8. */
export function positionReply(session: Session, { longitude, latitude }: Position): Reply {
  const { product, isLater } = session.engine.profile;
  return [longitude, latitude].map((degrees) => {
    const isShort = product === 'redis' && isLater;
    const text = isShort
      ? formatDouble(degrees, 'shortest')
      : fixedDecimals(degrees, 17).replace(/\.?0+$/, '');
    return session.protocol === 3 ? new DoubleReply(text) : text;
  });
}

/** Places on earth, as members of a sorted set. */
export const geoCommands: CommandFamily = {
  geoadd,
  geodist,
  geohash(session, args) {
    const set = session.db.read(args[1] as string, 'zset');
    return args.slice(2).map((member) => {
      const score = set?.score(member);
      return score === undefined ? null : standardGeohash(score);
    });
  },
  geopos(session, args) {
    const set = session.db.read(args[1] as string, 'zset');
    return args.slice(2).map((member) => {
      const score = set?.score(member);
      return score === undefined ? NULL_ARRAY : positionReply(session, positionOf(score));
    });
  },
};
