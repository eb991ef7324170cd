import { checkObject, InvalidArgumentError } from '@penknife/core';

/** Turns data of one version into data of the next. Gets what the codec gave; must not change it. */
export type Upcaster = (data: never) => unknown;

/** Upcasters of one kind of event: the first makes version 2 of version 1, the second version 3 of version 2, and so on. */
export type Upcasters = readonly Upcaster[];

/** What has upcasters: by event name, under `''` those of a stream with one schema. */
interface Upcasting {
  readonly upcasters: ReadonlyMap<string, Upcasters>;
}

/** Checks them; throws `InvalidArgumentError`. Under `''` stand those of a stream with one schema. */
export function resolveUpcasters(
  given: Upcasters | Readonly<Record<string, Upcasters>> | undefined,
  events: readonly string[] | undefined,
): ReadonlyMap<string, Upcasters> {
  if (given === undefined) return new Map();
  const listed = Array.isArray(given);
  if (!listed) checkObject('upcasters', given);
  if (listed !== (events === undefined)) {
    const rule = events === undefined ? 'must be a list' : 'must be a list for each event name';
    throw new InvalidArgumentError('upcasters', rule, given);
  }
  const entries: [string, Upcasters][] = listed ? [['', given as Upcasters]] : Object.entries(given);
  for (const [event, of] of entries) {
    if (events !== undefined && !events.includes(event)) {
      throw new InvalidArgumentError(
        'upcasters',
        `must name events of the stream (${events.join(', ')})`,
        event,
      );
    }
    if (!Array.isArray(of) || of.length > 1000 || of.some((one) => typeof one !== 'function')) {
      throw new InvalidArgumentError(`upcasters of ${event}`, 'must be a list of functions', of);
    }
  }
  return new Map(entries);
}

/** The version in which data is written now. */
export function shapeNow({ upcasters }: Upcasting, event: string | undefined): number {
  return (upcasters.get(event ?? '')?.length ?? 0) + 1;
}

/** Data of version `shape` as data of the version of now. Throws what an upcaster throws. */
export function upcast(
  { upcasters }: Upcasting,
  event: string | undefined,
  shape: number,
  data: unknown,
): unknown {
  const steps = upcasters.get(event ?? '')?.slice(shape - 1) ?? [];
  return steps.reduce((older, step) => step(older as never), data);
}
