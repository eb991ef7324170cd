import {
  BigNumberReply,
  CommandError,
  DoubleReply,
  isArrayReply,
  MapReply,
  type Marker,
  NULL_ARRAY,
  type Reply,
  SetReply,
  Status,
  VerbatimReply,
} from '../engine/reply.js';

/** The protocol a session speaks. */
type Protocol = 2 | 3;

const smallIntegers: readonly string[] = Array.from({ length: 1024 }, (_, value) => `:${value}\r\n`);
const smallHeads: readonly string[] = Array.from({ length: 1024 }, (_, length) => `$${length}\r\n`);

/** A reply on the wire; texts have one char code a byte. */
export function encodeReply(reply: Reply, protocol: Protocol): string {
  if (typeof reply === 'string') return bulk(reply);
  if (typeof reply === 'number') return smallIntegers[reply] ?? `:${reply}\r\n`;
  if (reply === null) return protocol === 3 ? '_\r\n' : '$-1\r\n';
  if (isArrayReply(reply)) return list('*', reply, reply.length, protocol);
  if (reply instanceof Status) return `+${reply.ok}\r\n`;
  if (reply instanceof CommandError) return `-${reply.err}\r\n`;
  return encodeRare(reply, protocol);
}

/** A message, a confirmation or an invalidation: a push on RESP3, an array on RESP2. */
export function encodePush(items: readonly Reply[], protocol: Protocol): string {
  return list(protocol === 3 ? '>' : '*', items, items.length, protocol);
}

function bulk(text: string): string {
  return `${smallHeads[text.length] ?? `$${text.length}\r\n`}${text}\r\n`;
}

function list(sign: string, items: readonly Reply[], count: number, protocol: Protocol): string {
  let text = `${sign}${count}\r\n`;
  for (let i = 0; i < items.length; i++) text += encodeReply(items[i] as Reply, protocol);
  return text;
}

type Rare = bigint | boolean | Marker | MapReply | SetReply | DoubleReply | BigNumberReply | VerbatimReply;

function encodeRare(reply: Rare, protocol: Protocol): string {
  if (reply === NULL_ARRAY) return protocol === 3 ? '_\r\n' : '*-1\r\n';
  if (typeof reply === 'bigint') return `:${reply}\r\n`;
  if (typeof reply === 'boolean') {
    if (protocol === 3) return reply ? '#t\r\n' : '#f\r\n';
    return reply ? ':1\r\n' : ':0\r\n';
  }
  if (reply instanceof MapReply) {
    return protocol === 3
      ? list('%', reply.flat, reply.flat.length / 2, protocol)
      : list('*', reply.flat, reply.flat.length, protocol);
  }
  if (reply instanceof SetReply) {
    return list(protocol === 3 ? '~' : '*', reply.items, reply.items.length, protocol);
  }
  if (reply instanceof DoubleReply) return protocol === 3 ? `,${reply.text}\r\n` : bulk(reply.text);
  if (reply instanceof BigNumberReply) return protocol === 3 ? `(${reply.text}\r\n` : bulk(reply.text);
  if (reply instanceof VerbatimReply) {
    if (protocol === 2) return bulk(reply.text);
    return `=${reply.text.length + 4}\r\n${reply.format}:${reply.text}\r\n`;
  }
  // A command that answers nothing has no place on the wire.
  return '';
}
