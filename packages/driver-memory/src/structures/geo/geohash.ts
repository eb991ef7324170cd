/** A place on earth in degrees. */
export interface Position {
  readonly longitude: number;
  readonly latitude: number;
}

/** Ends of a range of degrees. */
interface DegreeRange {
  readonly low: number;
  readonly high: number;
}

/** An area: its south west and north east corners. */
export interface Area {
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
}

/** A cell of the grid: column and row of 2^step each. */
export interface Cell {
  readonly step: number;
  readonly column: number;
  readonly row: number;
}

/** The finest grid: 26 bits each way, a score of 52. */
export const finestStep = 26;
const longitudes: DegreeRange = { low: -180, high: 180 };
/** The limits of Web Mercator, EPSG:900913. */
export const highestLatitude = 85.05112878;
const latitudes: DegreeRange = { low: -highestLatitude, high: highestLatitude };
const standardLatitudes: DegreeRange = { low: -90, high: 90 };
const alphabet = '0123456789bcdefghjkmnpqrstuvwxyz';

/** The cell of a grid that holds a place. */
export function cellOf(
  { longitude, latitude }: Position,
  step: number,
  range: DegreeRange = latitudes,
): Cell {
  const size = 2 ** step;
  return {
    step,
    column: Math.floor(((longitude - longitudes.low) / (longitudes.high - longitudes.low)) * size),
    row: Math.floor(((latitude - range.low) / (range.high - range.low)) * size),
  };
}

/** The area of a cell. */
export function areaOf({ step, column, row }: Cell): Area {
  const size = 2 ** step;
  const width = longitudes.high - longitudes.low;
  const height = latitudes.high - latitudes.low;
  return {
    west: longitudes.low + (column / size) * width,
    east: longitudes.low + ((column + 1) / size) * width,
    south: latitudes.low + (row / size) * height,
    north: latitudes.low + ((row + 1) / size) * height,
  };
}

/** Bits of column and row in turn, the row's lowest first: the place of a cell on the curve. */
export function exactBits({ column, row, step }: Cell): bigint {
  let bits = 0n;
  // One bit more than the step has: the easternmost longitude lies just beyond the last column.
  for (let bit = step; bit >= 0; bit--)
    bits = bits * 4n + BigInt(((column >>> bit) & 1) * 2 + ((row >>> bit) & 1));
  return bits;
}

/** The same as a double, as a score holds it: below 2^52 but for the easternmost column. */
function interleave(cell: Cell): number {
  return Number(exactBits(cell));
}

function deinterleave(bits: number, step: number): Cell {
  let column = 0;
  let row = 0;
  for (let at = step; at >= 0; at--) {
    const pair = Math.floor(bits / 4 ** at) % 4;
    column = column * 2 + (pair >> 1);
    row = row * 2 + (pair & 1);
  }
  return { step, column, row };
}

/** The cell of a score that no place has, as C's conversion to 64 bits without sign gives it. */
function cellBeyond(score: number): Cell {
  const isWhole = Number.isFinite(score) && Math.abs(score) < 2 ** 64;
  let bits = isWhole ? BigInt.asUintN(64, BigInt(Math.trunc(score))) : score > 0 ? 0n : 1n << 63n;
  let column = 0;
  let row = 0;
  for (let at = 0; at < 32; at++, bits >>= 2n) {
    row += Number(bits & 1n) * 2 ** at;
    column += Number((bits >> 1n) & 1n) * 2 ** at;
  }
  return { step: finestStep, column, row };
}

/** The score a sorted set keeps for a place. */
export function scoreOf(position: Position): number {
  return interleave(cellOf(position, finestStep));
}

/** The middle of the cell that a score stands for. */
export function positionOf(score: number): Position {
  const cell = score >= 0 && score < 4 ** finestStep ? deinterleave(score, finestStep) : cellBeyond(score);
  const { west, east, south, north } = areaOf(cell);
  const longitude = Math.min(180, Math.max(-180, (west + east) / 2));
  const latitude = Math.min(highestLatitude, Math.max(-highestLatitude, (south + north) / 2));
  return { longitude, latitude };
}

/** The geohash of eleven characters that other systems use, on latitudes to 90 degrees; the last one is always 0. */
export function standardGeohash(score: number): string {
  const bits = interleave(cellOf(positionOf(score), finestStep, standardLatitudes));
  let text = '';
  for (let at = 0; at < 10; at++)
    text += alphabet[Math.floor(bits / 2 ** (52 - (at + 1) * 5)) % 32] as string;
  return `${text}0`;
}
