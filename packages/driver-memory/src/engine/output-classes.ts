import { memoryValue } from './number-settings.js';

const classNames: ReadonlyMap<string, string> = new Map([
  ['normal', 'normal'],
  ['slave', 'slave'],
  ['replica', 'slave'],
  ['pubsub', 'pubsub'],
]);

/** A class' words are its name, its hard and its soft limit, and the seconds that it may be over the soft one. */
const wordsPerClass = 4;

/** How CONFIG SET takes `client-output-buffer-limit`: the classes that `text` names change, the others stay as `present` has them. */
export function mergeOutputClasses(
  present: string,
  text: string,
): { readonly merged: string } | { readonly wrong: string } {
  const words = text === '' ? [] : text.split(' ');
  if (words.length % wordsPerClass !== 0)
    return { wrong: 'Wrong number of arguments in buffer limit configuration.' };
  const limits = new Map<string, string>();
  for (const source of [present.split(' '), words]) {
    for (let at = 0; at < source.length; at += wordsPerClass) {
      const [name = '', hard = '', soft = '', seconds = ''] = source.slice(at, at + wordsPerClass);
      const known = classNames.get(name.toLowerCase());
      if (known === undefined)
        return { wrong: 'Invalid client class specified in buffer limit configuration.' };
      const values = [memoryValue(hard), memoryValue(soft), softSeconds(seconds)];
      if (values.includes(undefined))
        return { wrong: 'Error in hard, soft or soft_seconds setting in buffer limit configuration.' };
      limits.set(known, values.join(' '));
    }
  }
  return { merged: [...limits].map(([name, values]) => `${name} ${values}`).join(' ') };
}

/** As strtoll reads them; nothing is 0. */
function softSeconds(text: string): bigint | undefined {
  if (!/^([+-]?\d{1,18})?$/.test(text)) return undefined;
  const seconds = BigInt(text.replace('+', ''));
  return seconds < 0n ? undefined : seconds;
}
