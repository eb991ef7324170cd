import type { Position } from './geohash.js';

/** Radius of the earth in metres, as Redis takes it. */
const earthRadius = 6372797.560856;
const radians = (degrees: number): number => degrees * (Math.PI / 180);

/** Metres between two places of one longitude. */
export function latitudeDistance(first: number, second: number): number {
  return earthRadius * Math.abs(radians(second) - radians(first));
}

/** Metres between two places on a sphere, by the haversine formula. */
export function distance(from: Position, to: Position): number {
  const v = Math.sin((radians(to.longitude) - radians(from.longitude)) / 2);
  if (v === 0) return latitudeDistance(from.latitude, to.latitude);
  const u = Math.sin((radians(to.latitude) - radians(from.latitude)) / 2);
  const a = u * u + Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * v * v;
  return 2 * earthRadius * Math.asin(Math.sqrt(a));
}

/** How far metres reach in degrees from a place, taken where longitudes are narrowest: at the end towards the pole. */
export function degreesAround(
  { latitude }: Position,
  eastwards: number,
  northwards: number,
): { longitude: number; latitude: number } {
  const degrees = (value: number): number => value / (Math.PI / 180);
  const up = degrees(northwards / earthRadius);
  const farthest = latitude < 0 ? latitude - up : latitude + up;
  return { longitude: degrees(eastwards / earthRadius / Math.cos(radians(farthest))), latitude: up };
}
