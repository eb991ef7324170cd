import { isOption } from './arguments.js';

const inPlace = '(redacted)';

/** Settings whose values are secrets. */
const secretSettings: ReadonlySet<string> = new Set(
  'requirepass masterauth masteruser primaryauth primaryuser tls-key-file-pass tls-client-key-file-pass'.split(
    ' ',
  ),
);

/** Hidden from Redis 7.2 on, and by Valkey. */
const aboutUsers: ReadonlySet<string> = new Set(['acl|getuser', 'acl|deluser']);

/** The words of a command as MONITOR and SLOWLOG may show them: names and passwords are hidden where Redis hides them. */
export function redacted(name: string, args: readonly string[], isLater: boolean): readonly string[] {
  if (name === 'hello') return redactedHello(args);
  if (name === 'acl|setuser' || (isLater && aboutUsers.has(name)))
    return args.map((arg, i) => (i < 2 ? arg : inPlace));
  if (name === 'config|set') {
    const isSecret = (i: number) =>
      i > 2 && i % 2 === 1 && secretSettings.has((args[i - 1] as string).toLowerCase());
    return args.map((arg, i) => (isSecret(i) ? inPlace : arg));
  }
  return args;
}

function redactedHello(args: readonly string[]): readonly string[] {
  const shown = [...args];
  // A name that is set may be the word itself.
  for (let i = 2; i < args.length; i++) {
    if (isOption(args[i], 'SETNAME')) i++;
    else if (isOption(args[i], 'AUTH') && i + 2 < args.length) {
      shown.fill(inPlace, i + 1, i + 3);
      i += 2;
    }
  }
  return shown;
}
