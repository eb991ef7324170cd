import { PenknifeError } from './penknife-error.js';

/** The server answered in a shape the reader does not know. Names the command and the shapes, never the content. */
export class ReplyShapeError extends PenknifeError {
  readonly kind = 'reply-shape';

  constructor(command: string, expected: string, reply: unknown) {
    super('REPLY_SHAPE', `${command} answered ${shapeOf(reply)} where ${expected} was expected`);
  }
}

function shapeOf(reply: unknown): string {
  if (reply === null) return 'null';
  if (reply === undefined) return 'undefined';
  if (Array.isArray(reply)) return `an array of ${reply.length}`;
  if (reply instanceof Uint8Array) return `${reply.byteLength} bytes`;
  if (typeof reply === 'object') return `an object (${reply.constructor?.name ?? 'unknown'})`;
  return `a ${typeof reply}`;
}
