import { float } from '../../engine/arguments.js';
import { failure } from '../../engine/errors.js';
import { highestLatitude, type Position, positionOf } from '../../structures/geo/geohash.js';
import { fixedDecimals } from '../../structures/numbers/fixed-decimals.js';
import type { SortedSet } from '../../structures/sorted-set/sorted-set.js';

const metresIn: ReadonlyMap<string, number> = new Map([
  ['m', 1],
  ['km', 1000],
  ['ft', 0.3048],
  ['mi', 1609.34],
]);
const badUnit = failure('unsupported unit provided. please use M, KM, FT, MI');
const badRadius = failure('need numeric radius');
const negativeRadius = failure('radius cannot be negative');
const badWidth = failure('need numeric width');
const badHeight = failure('need numeric height');
const negativeBox = failure('height or width cannot be negative');
const noMember = failure('could not decode requested zset member');

/** Metres in a unit. */
export function unit(text: string): number {
  const metres = metresIn.get(text.toLowerCase());
  if (metres === undefined) throw badUnit;
  return metres;
}

/** A longitude and a latitude. */
export function position(longitudeText: string, latitudeText: string): Position {
  const longitude = float(longitudeText);
  const latitude = float(latitudeText);
  if (Math.abs(longitude) > 180 || Math.abs(latitude) > highestLatitude) {
    throw failure(
      `invalid longitude,latitude pair ${fixedDecimals(longitude, 6)},${fixedDecimals(latitude, 6)}`,
    );
  }
  return { longitude, latitude };
}

/** The place of a member; throws when it has none. */
export function memberPosition(set: SortedSet, member: string): Position {
  const score = set.score(member);
  if (score === undefined) throw noMember;
  return positionOf(score);
}

/** A radius in a unit, in metres. */
export function radiusOf(text: string, unitText: string): { radius: number; conversion: number } {
  const radius = float(text, badRadius);
  if (radius < 0) throw negativeRadius;
  const conversion = unit(unitText);
  return { radius: radius * conversion, conversion };
}

/** The sides of a box in a unit, in metres. */
export function boxOf(
  widthText: string,
  heightText: string,
  unitText: string,
): { width: number; height: number; conversion: number } {
  const width = float(widthText, badWidth);
  const height = float(heightText, badHeight);
  if (width < 0 || height < 0) throw negativeBox;
  const conversion = unit(unitText);
  return { width: width * conversion, height: height * conversion, conversion };
}
