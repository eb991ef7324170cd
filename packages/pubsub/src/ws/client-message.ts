/** What a client says, as JSON text. `id` comes back with the answer. */
export type ClientMessage =
  | {
      readonly type: 'join';
      readonly id?: string | number;
      /** The channel's name: the template with its parameters filled in, each as `encodeURIComponent` writes it. */
      readonly room: string;
      /** On `log` channels: read on after this position, as an event carried it in `at`, or from the `'oldest'`. Elsewhere it is left out of account. */
      readonly since?: string;
    }
  | { readonly type: 'leave'; readonly id?: string | number; readonly room: string }
  | {
      readonly type: 'publish';
      readonly id?: string | number;
      readonly room: string;
      readonly message: unknown;
    };

const longestId = 64;
const longestName = 2000;

/** Reads what a client sent; undefined for whatever is not a message of the protocol. */
export function readClientMessage(text: string): ClientMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, id, room, since } = value as Record<string, unknown>;
  const isId = id === undefined || Number.isFinite(id) || (typeof id === 'string' && id.length <= longestId);
  if (!isId || typeof room !== 'string' || room.length > longestName) return undefined;
  if (type === 'join') {
    return since === undefined || typeof since === 'string' ? (value as ClientMessage) : undefined;
  }
  if (type === 'leave') return value as ClientMessage;
  return type === 'publish' && 'message' in value ? (value as ClientMessage) : undefined;
}

/** A text message as `ws` hands it over. Undefined: binary, or longer than the limit. */
export function textOf(data: unknown, limit: number): string | undefined {
  const parts: readonly unknown[] = Array.isArray(data) ? data : [data];
  const size = parts.reduce((sum: number, part) => sum + lengthOf(part), 0);
  if (!(size <= limit)) return undefined;
  return Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array))).toString();
}

function lengthOf(part: unknown): number {
  if (typeof part === 'string') return Buffer.byteLength(part);
  return part instanceof ArrayBuffer || part instanceof Uint8Array ? part.byteLength : Number.NaN;
}
