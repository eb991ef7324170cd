import { policyOf } from '../commands/stream/stream-arguments.js';
import { isOption } from '../engine/arguments.js';

/**
 * XADD or XTRIM with `~` as the exact trimming it came to: which nodes are whole depends on settings, and on holes, that another
 * engine does not have. Anything else as it is. Source: Redis, which writes them so for its file and its replicas.
 */
export function exactTrim(args: readonly string[], lengthAfter: number): readonly string[] {
  const exact = args.slice(0, 2);
  let at = 2;
  let isApproximate = false;
  for (;;) {
    const word = args[at];
    if (isOption(word, 'MAXLEN') || isOption(word, 'MINID')) {
      if (args[at + 1] !== '~') return args;
      isApproximate = true;
      exact.push('MAXLEN', '=', String(lengthAfter));
      at += 3;
    } else if (isOption(word, 'LIMIT')) {
      at += 2;
    } else if (isOption(word, 'NOMKSTREAM') || policyOf(word) !== undefined) {
      exact.push(word as string);
      at++;
    } else break;
  }
  return isApproximate ? exact.concat(args.slice(at)) : args;
}
