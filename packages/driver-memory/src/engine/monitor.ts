import { redacted } from './redacted.js';
import { Status } from './reply.js';
import type { Command, Session } from './session.js';

/** Never shown: they belong to administrators, or hold passwords. */
function isHidden({ signature, name }: Command): boolean {
  return signature.flags.has('skip_monitor') || signature.flags.has('admin') || name === 'auth';
}

/** An argument as MONITOR prints it: quoted, bytes that do not print as \\xNN. */
function quoted(text: string): string {
  let shown = '"';
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    const code = text.charCodeAt(i);
    if (char === '\\' || char === '"') shown += `\\${char}`;
    else if (code === 10) shown += '\\n';
    else if (code === 13) shown += '\\r';
    else if (code === 9) shown += '\\t';
    else if (code === 7) shown += '\\a';
    else if (code === 8) shown += '\\b';
    else if (code >= 32 && code < 127) shown += char;
    else shown += `\\x${code.toString(16).padStart(2, '0')}`;
  }
  return `${shown}"`;
}

/** MONITOR: tells all that watch of a command that ran. */
export function feedMonitors(session: Session, command: Command, args: readonly string[]): void {
  if (isHidden(command)) return;
  const { engine } = session;
  const time = (engine.now / 1000).toFixed(6);
  const source = session.inScript ? 'lua' : session.address;
  const shown = redacted(command.name, args, engine.profile.isLater).map(quoted).join(' ');
  const line = new Status(`${time} [${session.db.index} ${source}] ${shown}`);
  for (const monitor of engine.monitors) monitor.push([line]);
}
