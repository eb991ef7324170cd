import { InvalidArgumentError } from '@penknife/core';
import type { ResolvedOptions } from '../options.js';
import type { Values } from '../order/layout.js';
import type { ResolvedColumn } from '../order/resolve-order.js';
import { columnArgs, type SubmitTarget } from '../submit/submit-args.js';
import type { SubmitRequest } from '../submit/submit-request.js';

/** An entry of the outbox: a submit for boards that live apart. */
export interface OutboxEntry {
  /** Of the stream: larger than that of every entry before it. */
  readonly id: string;
  readonly request: SubmitRequest;
  /** Boards it is for that are not declared here: an older process, or one that knows them no more. */
  readonly unknown: readonly string[];
}

/** An entry that means nothing under the order that is declared now. */
export interface ForeignEntry {
  readonly id: string;
  readonly member: string;
}

interface Written {
  readonly member: string;
  /** Whole numbers of any size and decimals alike: as text. */
  readonly score: Readonly<Record<string, string>>;
  readonly to: readonly (readonly [board: string, part?: string])[];
  readonly metadata?: string;
}

/** Writes what the boards of `places` are to get. */
export function entryText(
  { member, values, metadata }: SubmitRequest,
  places: readonly SubmitTarget[],
): string {
  const score = Object.fromEntries(Object.entries(values).map(([column, value]) => [column, String(value)]));
  const written: Written = {
    member,
    score,
    to: places.map(({ board, part }) => (part === undefined ? [board.name] : [board.name, part])),
    ...(metadata !== undefined && { metadata: Buffer.from(metadata as string).toString('base64') }),
  };
  return JSON.stringify(written);
}

/** Reads an entry under the boards that are declared now. */
export function readEntry<M>(
  { boards, columns, ties }: ResolvedOptions<M>,
  id: string,
  text: string,
  occurredAt: number,
): OutboxEntry | ForeignEntry {
  const { member, score, to, metadata } = JSON.parse(text) as Written;
  const values = valuesIn(columns, score);
  if (values === undefined) return { id, member };
  const targets: SubmitTarget[] = [];
  const unknown: string[] = [];
  for (const [name, part] of to) {
    const board = boards.find((each) => each.name === name && each.apart);
    if (board === undefined || (board.by === undefined) !== (part === undefined)) unknown.push(name);
    else targets.push({ board, part });
  }
  const request: SubmitRequest = {
    member,
    values,
    targets,
    key: undefined,
    occurredAt,
    metadata: metadata === undefined ? undefined : Buffer.from(metadata, 'base64'),
    passed: undefined,
    ties,
  };
  return { id, request, unknown };
}

/** The values of an entry; undefined where they were written for other columns. */
function valuesIn(columns: readonly ResolvedColumn[], score: Written['score']): Values | undefined {
  const values: Record<string, Values[string]> = {};
  for (const column of columns) {
    if (column.kind === 'time') continue;
    const value = score[column.name];
    if (value === undefined || (column.big && !/^-?\d+$/.test(value))) return undefined;
    values[column.name] = column.big ? BigInt(value) : Number(value);
  }
  return Object.keys(score).length === Object.keys(values).length ? values : undefined;
}

/** Whether a board can count these values under the order and the operator that are declared now. */
export function fits(target: SubmitTarget, columns: readonly ResolvedColumn[], values: Values): boolean {
  try {
    columnArgs([target], columns, values);
    return true;
  } catch (error) {
    if (error instanceof InvalidArgumentError) return false;
    throw error;
  }
}
