import { InvalidArgumentError } from '@penknife/core';
import type { UserSessions } from './commands.js';
import { publicIdOf } from './key-ring.js';

/** What a login may tell about where it came from, for the user's list of devices. */
export interface DeviceInfo {
  /** Network address; at most 64 characters are kept. */
  readonly address?: string;
  /** The browser's own words (User-Agent); at most 256 characters are kept. */
  readonly agent?: string;
  /** A name the user gave; at most 64 characters. */
  readonly label?: string;
}

/** One of a user's sessions, as a list shows it. `publicId` is safe to show and to log. Times are ms of the server's clock. */
export interface SessionSummary extends DeviceInfo {
  readonly publicId: string;
  readonly createdMs: number;
  /** To within `touchAfterMs`. */
  readonly seenMs: number;
  /** When it ends if it is not used any more. */
  readonly expiresMs: number;
}

/** The description as it is stored; '' when there is none. */
export function describeDevice(info: { readonly [Part in keyof DeviceInfo]: string | undefined }): string {
  const { address, agent, label } = info;
  for (const [argument, value] of Object.entries({ address, agent, label })) {
    if (value !== undefined && typeof value !== 'string') {
      throw new InvalidArgumentError(argument, 'must be a string', typeof value);
    }
  }
  if (label !== undefined && label.length > 64) {
    throw new InvalidArgumentError('label', 'must be at most 64 characters', label.length);
  }
  const kept = { address: address?.slice(0, 64), agent: agent?.slice(0, 256), label };
  const text = JSON.stringify(kept);
  return text === '{}' ? '' : text;
}

/** The live sessions of one tag, oldest first. */
export function readSessions(
  { nowMs, fields }: UserSessions,
  tag: string,
  idleMs: number,
): readonly SessionSummary[] {
  const found: SessionSummary[] = [];
  for (const [entry, line] of fields) {
    if (entry.length !== 22) continue;
    const [createdMs = Number.NaN, seenAfter = Number.NaN, endsAfter = Number.NaN] = line
      .split(' ')
      .map(Number);
    const seenMs = createdMs + seenAfter;
    const expiresMs = Math.min(seenMs + idleMs, createdMs + endsAfter);
    if (!(expiresMs > nowMs)) continue;
    const publicId = publicIdOf({ tag, entry });
    found.push({ publicId, createdMs, seenMs, expiresMs, ...readDevice(fields.get(`i${entry}`)) });
  }
  return found.sort((a, b) => a.createdMs - b.createdMs || (a.publicId < b.publicId ? -1 : 1));
}

function readDevice(text: string | undefined): DeviceInfo {
  if (text === undefined) return {};
  try {
    const { address, agent, label } = JSON.parse(text) as DeviceInfo;
    return {
      ...(typeof address === 'string' && { address }),
      ...(typeof agent === 'string' && { agent }),
      ...(typeof label === 'string' && { label }),
    };
  } catch {
    // A description that cannot be read must not hide the session from its owner.
    return {};
  }
}
