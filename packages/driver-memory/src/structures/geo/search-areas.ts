import { degreesAround, distance, latitudeDistance } from './distance.js';
import { type Area, areaOf, type Cell, cellOf, exactBits, finestStep, type Position } from './geohash.js';

const mercatorMaximum = 20037726.37;

/** What is searched: a circle of a radius or a box, in metres around a centre. */
export type Shape = { readonly center: Position } & (
  | { readonly radius: number }
  | { readonly width: number; readonly height: number }
);

/** A run of scores: from the first, up to but not including the second. */
export type ScoreRun = readonly [from: number, below: number];

/** The distance of a place from the centre when the shape holds it. */
export function distanceWithin(shape: Shape, place: Position): number | undefined {
  const metres = distance(shape.center, place);
  if ('radius' in shape) return metres <= shape.radius ? metres : undefined;
  const { center, width, height } = shape;
  const vertical = latitudeDistance(place.latitude, center.latitude);
  if (vertical > height / 2) return undefined;
  const horizontal = distance(place, { longitude: center.longitude, latitude: place.latitude });
  return horizontal > width / 2 ? undefined : metres;
}

function stepFor(radius: number, latitude: number): number {
  if (radius === 0) return finestStep;
  let step = 1;
  for (let reach = radius; reach < mercatorMaximum; reach *= 2) step++;
  step -= 2;
  // Towards the poles cells are narrower.
  if (latitude > 66 || latitude < -66) step--;
  if (latitude > 80 || latitude < -80) step--;
  return Math.min(finestStep, Math.max(1, step));
}

function boundsOf(shape: Shape): Area {
  const { center } = shape;
  const eastwards = 'radius' in shape ? shape.radius : shape.width / 2;
  const northwards = 'radius' in shape ? shape.radius : shape.height / 2;
  const { longitude, latitude } = degreesAround(center, eastwards, northwards);
  return {
    west: center.longitude - longitude,
    east: center.longitude + longitude,
    south: center.latitude - latitude,
    north: center.latitude + latitude,
  };
}

/** A neighbour on the grid, which goes round the earth both ways. */
function neighbour({ step, column, row }: Cell, right: number, up: number): Cell {
  const size = 2 ** step;
  return {
    step,
    column: right === 0 ? column : (column + right + size) % size,
    row: up === 0 ? row : (row + up + size) % size,
  };
}

/**
 * The runs of scores that hold a shape: the cell of its centre and those around it, as far as they are needed. In the order
 * in which Redis looks through them, which shows in unsorted results.
 */
export function scoreRuns(shape: Shape): ScoreRun[] {
  const { center } = shape;
  const radius =
    'radius' in shape ? shape.radius : Math.sqrt((shape.width / 2) ** 2 + (shape.height / 2) ** 2);
  const bounds = boundsOf(shape);
  let step = stepFor(radius, center.latitude);
  let middle = cellOf(center, step);
  if (isTooFine(middle, bounds) && step > 1) middle = cellOf(center, --step);
  const area = areaOf(middle);
  // What the shape cannot reach is left out, where cells are small enough for it.
  const skips =
    step >= 2
      ? {
          south: area.south < bounds.south,
          north: area.north > bounds.north,
          west: area.west < bounds.west,
          east: area.east > bounds.east,
        }
      : { south: false, north: false, west: false, east: false };
  const cells: Cell[] = [middle];
  for (const [right, up] of directions) {
    if ((up > 0 && skips.north) || (up < 0 && skips.south)) continue;
    if ((right > 0 && skips.east) || (right < 0 && skips.west)) continue;
    cells.push(neighbour(middle, right, up));
  }
  return runsOf(cells, step);
}

/** North, south, east, west, and between: the order of Redis. */
const directions: readonly (readonly [right: number, up: number])[] = [
  [0, 1],
  [0, -1],
  [1, 0],
  [-1, 0],
  [1, 1],
  [-1, 1],
  [1, -1],
  [-1, -1],
];

/** Whether the cells around do not reach as far as the shape; over a pole they never do. */
function isTooFine(middle: Cell, bounds: Area): boolean {
  return (
    areaOf(neighbour(middle, 0, 1)).north < bounds.north ||
    areaOf(neighbour(middle, 0, -1)).south > bounds.south ||
    areaOf(neighbour(middle, 1, 0)).east < bounds.east ||
    areaOf(neighbour(middle, -1, 0)).west > bounds.west
  );
}

function runsOf(cells: readonly Cell[], step: number): ScoreRun[] {
  const width = 4 ** (finestStep - step);
  const runs: ScoreRun[] = [];
  let last: Cell | undefined;
  for (const cell of cells) {
    // A huge shape meets the same cell from both sides.
    if (last !== undefined && last.column === cell.column && last.row === cell.row) continue;
    last = cell;
    // Beyond the easternmost column bits pass 2^53, where only whole numbers know their successors.
    const bits = exactBits(cell);
    runs.push([Number(bits) * width, Number(bits + 1n) * width]);
  }
  return runs;
}
