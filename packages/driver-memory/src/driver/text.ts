import type { WireArg } from '@penknife/core/driver-kit';

const beyondAscii = /[\u0080-\uffff]/;

/** Text to the byte string of its UTF-8 form; ASCII, the common case, is itself. */
export function toBytes(text: string): string {
  return beyondAscii.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}

/** A byte string read as UTF-8; ASCII is itself. */
export function toText(bytes: string): string {
  return beyondAscii.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
}

/** An argument as the engine takes it. */
export function argumentBytes(arg: WireArg): string {
  return typeof arg === 'string' ? toBytes(arg) : arg.toString('latin1');
}

/** Arguments as the engine takes them; the array itself when nothing is to be converted. */
export function argumentsBytes(args: readonly WireArg[]): readonly string[] {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as WireArg;
    if (typeof arg !== 'string' || beyondAscii.test(arg)) return args.map(argumentBytes);
  }
  return args as readonly string[];
}
