import { defineScript, fragments, type Reply, refuse, type ScriptCall } from '@penknife/core';
import { type LevelChange, levelOf } from './level.js';
import adjustLua from './scripts/adjust.lua';
import extendLua from './scripts/extend.lua';
import forgetLua from './scripts/forget.lua';
import levelsLua from './scripts/levels.lua';
import lookLua from './scripts/look.lua';
import mendLua from './scripts/mend.lua';
import reserveLua from './scripts/reserve.lua';
import settleLua from './scripts/settle.lua';
import stockLua from './scripts/stock.lua';
import sweepLua from './scripts/sweep.lua';

/** What a script answers: an outcome with two details, and the items that were changed, also by holds that ended meanwhile. */
export interface StockAnswer {
  readonly outcome: string;
  readonly first: Reply;
  readonly second: Reply;
  readonly changes: readonly LevelChange[];
  /** Those that waited and are held now. */
  readonly granted: readonly string[];
}

/** A script over the keys of one inventory. Every one of them is harmless when run twice; `adjust` only under an id, and `mend` changes nothing the second time. */
export type StockScript = ScriptCall<StockAnswer, number, number>;

export const reserveScript: StockScript = stockScript('reserve', reserveLua, true);
export const settleScript: StockScript = stockScript('settle', settleLua, true);
export const extendScript: StockScript = stockScript('extend', extendLua, true);
export const levelsScript: StockScript = stockScript('levels', levelsLua, true);
export const sweepScript: StockScript = stockScript('sweep', sweepLua, true);
export const forgetScript: StockScript = stockScript('forget', forgetLua, true);
export const lookScript: StockScript = stockScript('look', lookLua, true);
export const adjustOnceScript: StockScript = stockScript('adjust', adjustLua, true);
export const mendScript: StockScript = stockScript('mend', mendLua, false);
export const adjustScript: StockScript = stockScript('adjust', adjustLua, false);

function stockScript(act: string, lua: string, repeatable: boolean): StockScript {
  const name = `inventory/${act}`;
  return defineScript({
    name,
    lua,
    fragments: [fragments.nowMs, fragments.foreignKey, stockLua],
    keys: 'any' as number | 'any',
    args: 'any' as number | 'any',
    ...(repeatable && { repeatable: true as const }),
    read(reply): StockAnswer {
      const [outcome, first = null, second = null, touched, granted] = listOf(name, reply);
      if (typeof outcome !== 'string') return refuse(name, 'an outcome', reply);
      return {
        outcome,
        first,
        second,
        changes: changesOf(name, textsOf(name, touched)),
        granted: textsOf(name, granted),
      };
    },
  });
}

function changesOf(name: string, texts: readonly string[]): LevelChange[] {
  const changes: LevelChange[] = [];
  for (let i = 0; i < texts.length; i += 5) {
    const [item, freeBefore, onHand, held, sold] = texts.slice(i, i + 5);
    if (item === undefined || freeBefore === undefined) return refuse(name, 'five parts an item', [...texts]);
    if (onHand === undefined || held === undefined || sold === undefined)
      return refuse(name, 'five parts an item', [...texts]);
    changes.push({ item, freeBefore: Number(freeBefore), level: levelOf(onHand, held, sold) });
  }
  return changes;
}

function listOf(name: string, reply: Reply | undefined): readonly Reply[] {
  return Array.isArray(reply) ? reply : refuse(name, 'an array', reply ?? null);
}

/** A list of texts. */
export function textsOf(name: string, reply: Reply | undefined): string[] {
  return listOf(name, reply).map((part) =>
    typeof part === 'string' ? part : refuse(name, 'texts', reply ?? null),
  );
}

/** A number that came as text. */
export function countOf(name: string, reply: Reply): number {
  const count = typeof reply === 'string' && reply !== '' ? Number(reply) : Number.NaN;
  return Number.isSafeInteger(count) ? count : refuse(name, 'a whole number', reply);
}
