import { integer, isOption } from '../../engine/arguments.js';
import { failure, syntaxError } from '../../engine/errors.js';
import type { Position } from '../../structures/geo/geohash.js';
import type { SortedSet } from '../../structures/sorted-set/sorted-set.js';
import { boxOf, memberPosition, position, radiusOf } from './geo-arguments.js';

/** What a search by place was asked for. */
export interface SearchOptions {
  center: Position | undefined;
  extent: { radius: number } | { width: number; height: number } | undefined;
  /** Metres in the unit that distances are answered in. */
  conversion: number;
  withDistance: boolean;
  withHash: boolean;
  withPosition: boolean;
  order: 'ASC' | 'DESC' | undefined;
  /** 0: all. */
  count: number;
  any: boolean;
  storeKey: string | undefined;
  storeDistance: boolean;
}

/** How a command of the family is called. */
export interface SearchForm {
  /** The options say where and how far (GEOSEARCH); otherwise they stand before the options. */
  readonly asksForShape: boolean;
  readonly mayStore: boolean;
  /** GEOSEARCHSTORE: the key is given as an argument, and STOREDIST has no value. */
  readonly stores: boolean;
}

const badCount = failure('COUNT must be > 0');
const anyNeedsCount = failure('the ANY argument requires COUNT argument');

/** No options yet. */
export function freshOptions(): SearchOptions {
  return {
    center: undefined,
    extent: undefined,
    conversion: 1,
    withDistance: false,
    withHash: false,
    withPosition: false,
    order: undefined,
    count: 0,
    any: false,
    storeKey: undefined,
    storeDistance: false,
  };
}

/** Reads options from `at` on into `options`; throws for those that do not fit. `set`: where members are looked up. */
export function readOptions(
  options: SearchOptions,
  args: readonly string[],
  at: number,
  form: SearchForm,
  set: SortedSet | undefined,
): void {
  const from = { member: false, place: false };
  let by: 'radius' | 'box' | undefined;
  for (let i = at; i < args.length; i++) {
    const arg = args[i];
    const left = args.length - 1 - i;
    if (readFlag(options, arg)) continue;
    if (isOption(arg, 'COUNT') && left >= 1) {
      options.count = integer(args[++i] as string);
      if (options.count <= 0) throw badCount;
    } else if ((isOption(arg, 'STORE') || isOption(arg, 'STOREDIST')) && left >= 1 && form.mayStore) {
      options.storeDistance = isOption(arg, 'STOREDIST');
      options.storeKey = args[++i];
    } else if (isOption(arg, 'FROMMEMBER') && left >= 1 && form.asksForShape && !from.place) {
      i++;
      if (set !== undefined) options.center = memberPosition(set, args[i] as string);
      from.member = true;
    } else if (isOption(arg, 'FROMLONLAT') && left >= 2 && form.asksForShape && !from.member) {
      options.center = position(args[i + 1] as string, args[i + 2] as string);
      from.place = true;
      i += 2;
    } else if (isOption(arg, 'BYRADIUS') && left >= 2 && form.asksForShape && by !== 'box') {
      const { radius, conversion } = radiusOf(args[i + 1] as string, args[i + 2] as string);
      Object.assign(options, { extent: { radius }, conversion });
      by = 'radius';
      i += 2;
    } else if (isOption(arg, 'BYBOX') && left >= 3 && form.asksForShape && by !== 'radius') {
      const { width, height, conversion } = boxOf(...(args.slice(i + 1, i + 4) as [string, string, string]));
      Object.assign(options, { extent: { width, height }, conversion });
      by = 'box';
      i += 3;
    } else if (isOption(arg, 'STOREDIST') && form.stores) options.storeDistance = true;
    else throw syntaxError;
  }
  check(options, args[0] as string, form, { from: from.member || from.place, by: by !== undefined });
}

function readFlag(options: SearchOptions, arg: string | undefined): boolean {
  if (isOption(arg, 'WITHDIST')) options.withDistance = true;
  else if (isOption(arg, 'WITHHASH')) options.withHash = true;
  else if (isOption(arg, 'WITHCOORD')) options.withPosition = true;
  else if (isOption(arg, 'ANY')) options.any = true;
  else if (isOption(arg, 'ASC')) options.order = 'ASC';
  else if (isOption(arg, 'DESC')) options.order = 'DESC';
  else return false;
  return true;
}

function check(
  options: SearchOptions,
  name: string,
  form: SearchForm,
  given: { readonly from: boolean; readonly by: boolean },
): void {
  const { withDistance, withHash, withPosition } = options;
  if (options.storeKey !== undefined && (withDistance || withHash || withPosition)) {
    const what = form.stores ? 'GEOSEARCHSTORE' : 'STORE option in GEORADIUS';
    throw failure(`${what} is not compatible with WITHDIST, WITHHASH and WITHCOORD options`);
  }
  if (form.asksForShape && !given.from) {
    throw failure(`exactly one of FROMMEMBER or FROMLONLAT can be specified for ${name}`);
  }
  if (form.asksForShape && !given.by) {
    throw failure(`exactly one of BYRADIUS and BYBOX can be specified for ${name}`);
  }
  if (options.any && options.count === 0) throw anyNeedsCount;
}
