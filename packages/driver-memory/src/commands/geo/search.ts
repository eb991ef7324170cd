import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import { type Position, positionOf } from '../../structures/geo/geohash.js';
import { distanceWithin, type Shape, scoreRuns } from '../../structures/geo/search-areas.js';
import { SortedSet } from '../../structures/sorted-set/sorted-set.js';
import { partialSort } from '../../structures/sorting/partial-sort.js';
import type { CommandFamily } from '../command-family.js';
import { storeZset } from '../sorted-set/zset-entry.js';
import { distanceReply, positionReply } from './geo.js';
import { memberPosition, position, radiusOf } from './geo-arguments.js';
import { freshOptions, readOptions, type SearchForm, type SearchOptions } from './search-options.js';

/** A member that was found. */
interface Found {
  readonly member: string;
  readonly score: number;
  readonly place: Position;
  readonly metres: number;
}

function findWithin(set: SortedSet, shape: Shape, limit: number): Found[] {
  const found: Found[] = [];
  for (const [from, below] of scoreRuns(shape)) {
    const range = set.rangeByScore({ score: from, exclusive: false }, { score: below, exclusive: true });
    for (const { member, score } of set.slice(range)) {
      const place = positionOf(score);
      const metres = distanceWithin(shape, place);
      if (metres === undefined) continue;
      found.push({ member, score, place, metres });
      if (found.length === limit) return found;
    }
  }
  return found;
}

function search(session: Session, options: SearchOptions, set: SortedSet | undefined, event: string): Reply {
  const { storeKey, count, any } = options;
  const found =
    set === undefined
      ? []
      : findWithin(
          set,
          { center: options.center as Position, ...(options.extent as { radius: number }) },
          any ? count : Number.POSITIVE_INFINITY,
        );
  // The nearest are wanted when only some are.
  const order = options.order ?? (count > 0 && !any ? 'ASC' : undefined);
  if (order !== undefined) {
    const sign = order === 'ASC' ? 1 : -1;
    const compare = (left: Found, right: Found): number => sign * (left.metres - right.metres);
    if (count > 0 && count < found.length) partialSort(found, 0, count - 1, compare);
    else found.sort(compare);
  }
  const chosen = count > 0 ? found.slice(0, count) : found;
  if (storeKey === undefined) return chosen.map((one) => foundReply(session, one, options));
  const stored = new SortedSet();
  for (const { member, score, metres } of chosen) {
    stored.set(member, options.storeDistance ? metres / options.conversion : score);
  }
  return storeZset(session, storeKey, stored, event);
}

function foundReply(
  session: Session,
  { member, score, place, metres }: Found,
  options: SearchOptions,
): Reply {
  const more: Reply[] = [];
  if (options.withDistance) more.push(distanceReply(metres / options.conversion));
  if (options.withHash) more.push(Math.trunc(score));
  if (options.withPosition) more.push(positionReply(session, place));
  return more.length === 0 ? member : [member, ...more];
}

function byPlace(mayStore: boolean): (session: Session, args: readonly string[]) => Reply {
  return (session, args) => {
    const set = session.db.read(args[1] as string, 'zset');
    const options = freshOptions();
    options.center = position(args[2] as string, args[3] as string);
    const { radius, conversion } = radiusOf(args[4] as string, args[5] as string);
    Object.assign(options, { extent: { radius }, conversion });
    readOptions(options, args, 6, { asksForShape: false, mayStore, stores: false }, set);
    return search(session, options, set, 'georadiusstore');
  };
}

function byMember(mayStore: boolean): (session: Session, args: readonly string[]) => Reply {
  return (session, args) => {
    const set = session.db.read(args[1] as string, 'zset');
    const options = freshOptions();
    if (set !== undefined) {
      options.center = memberPosition(set, args[2] as string);
      const { radius, conversion } = radiusOf(args[3] as string, args[4] as string);
      Object.assign(options, { extent: { radius }, conversion });
    }
    readOptions(options, args, 5, { asksForShape: false, mayStore, stores: false }, set);
    return search(session, options, set, 'georadiusstore');
  };
}

function geosearch(session: Session, args: readonly string[], form: SearchForm): Reply {
  const source = args[form.stores ? 2 : 1] as string;
  const set = session.db.read(source, 'zset');
  const options = freshOptions();
  if (form.stores) options.storeKey = args[1];
  readOptions(options, args, form.stores ? 3 : 2, form, set);
  return search(session, options, set, 'geosearchstore');
}

/** Searching by place. */
export const geoSearchCommands: CommandFamily = {
  georadius: byPlace(true),
  georadius_ro: byPlace(false),
  georadiusbymember: byMember(true),
  georadiusbymember_ro: byMember(false),
  geosearch: (session, args) =>
    geosearch(session, args, { asksForShape: true, mayStore: false, stores: false }),
  geosearchstore: (session, args) =>
    geosearch(session, args, { asksForShape: true, mayStore: false, stores: true }),
};
