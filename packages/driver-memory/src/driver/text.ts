import type { WireArg } from '@penknife/core/driver-kit';

const beyondAscii = /[\u0080-\uffff]/;

/** Up to this length a loop is faster than the regular expression. */
const shortText = 24;

function isAscii(text: string): boolean {
  if (text.length > shortText) return !beyondAscii.test(text);
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}

/** Text to the byte string of its UTF-8 form; ASCII, the common case, is itself. */
export function toBytes(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** A byte string read as UTF-8; ASCII is itself. */
export function toText(bytes: string): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}

/** An argument as the engine takes it. */
function argumentBytes(arg: WireArg): string {
  return typeof arg === 'string' ? toBytes(arg) : arg.toString('latin1');
}

/** Arguments as the engine takes them; the array itself when nothing is to be converted. */
export function argumentsBytes(args: readonly WireArg[]): readonly string[] {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as WireArg;
    if (typeof arg !== 'string' || !isAscii(arg)) return args.map(argumentBytes);
  }
  return args as readonly string[];
}
