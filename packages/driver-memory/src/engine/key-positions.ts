import type { KeySpec, Signature } from './command-entry.js';
import { failure } from './errors.js';
import type { CommandError } from './reply.js';

/**
 * The keys among the arguments of a call, by the command's key specifications (Redis 7.0). Undefined when they do not
 * fit the arguments; an empty list for a command without keys.
 */
export function keysOf(signature: Signature, args: readonly string[]): string[] | undefined {
  const positions = keyPositions(signature, args);
  return positions?.map(({ at }) => args[at] as string);
}

/** A key's place and the specification that names it there. */
export interface KeyPosition {
  readonly at: number;
  readonly spec: KeySpec;
}

export function keyPositions(signature: Signature, args: readonly string[]): KeyPosition[] | undefined {
  if (signature.name === 'sort' || signature.name === 'sort_ro') return sortKeys(signature, args);
  if (signature.name === 'set') return [{ at: 1, spec: setSpec(signature, args) }];
  const found: KeyPosition[] = [];
  for (const spec of signature.keySpecs) {
    const begin = beginOf(spec.begin, args);
    if (begin === undefined) continue;
    const places = placesOf(spec.find, begin, args);
    if (places === undefined) return undefined;
    for (const at of places) found.push({ at, spec });
  }
  return found;
}

function beginOf(begin: string, args: readonly string[]): number | undefined {
  const [kind, rest = ''] = begin.split(':');
  const parts = rest.split(',');
  if (kind === 'index') return Number(parts[0]);
  if (kind !== 'keyword') return undefined;
  const keyword = parts[0] as string;
  const from = Number(parts[1]);
  if (from < 0) {
    for (let i = args.length + from; i > 0; i--) if (args[i]?.toUpperCase() === keyword) return i + 1;
    return undefined;
  }
  for (let i = from; i < args.length; i++) if (args[i]?.toUpperCase() === keyword) return i + 1;
  return undefined;
}

function placesOf(find: string, begin: number, args: readonly string[]): number[] | undefined {
  const [kind, rest = ''] = find.split(':');
  const [a = 0, b = 1, c = 0] = rest.split(',').map(Number);
  if (kind === 'range') {
    let last = a >= 0 ? begin + a : args.length + a;
    if (a === -1 && c > 1) last = begin + Math.floor((args.length - begin) / c) - 1;
    return places(begin, last, b, args);
  }
  if (kind !== 'keynum') return [];
  const count = Number(args[begin + a]);
  if (!Number.isInteger(count) || count < 0) return undefined;
  return count === 0 ? [] : places(begin + b, begin + b + (count - 1) * c, c, args);
}

function places(first: number, last: number, step: number, args: readonly string[]): number[] | undefined {
  if (first >= args.length || last >= args.length || last < first) return undefined;
  const found: number[] = [];
  for (let at = first; at <= last; at += step) found.push(at);
  return found;
}

/** SET reads only with GET. */
function setSpec(signature: Signature, args: readonly string[]): KeySpec {
  const [spec] = signature.keySpecs as readonly [KeySpec];
  const reads = args.slice(3).some((arg) => arg.toUpperCase() === 'GET');
  return reads ? { ...spec, flags: ['RW', 'access', 'update'] } : { ...spec, flags: ['OW', 'update'] };
}

/** SORT: the sorted key, and the last STORE. */
function sortKeys(signature: Signature, args: readonly string[]): KeyPosition[] {
  const [first, , store] = signature.keySpecs;
  const found: KeyPosition[] = [{ at: 1, spec: first as KeySpec }];
  for (let i = 2; i + 1 < args.length; i++) {
    if (args[i]?.toUpperCase() !== 'STORE' || store === undefined) continue;
    found.splice(1, 1, { at: i + 1, spec: store });
    i++;
  }
  return found;
}

/** What COMMAND GETKEYS says when there is nothing to tell. */
export const noKeys: CommandError = failure('The command has no key arguments');
