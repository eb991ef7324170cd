import type { NodeResponseLike } from './node-response.js';

const settingHeaders = {
  setHeader: 'set',
  setHeaders: 'set',
  appendHeader: 'append',
  removeHeader: 'remove',
} as const;

/**
 * Makes a response whose head is still to be sent look as if it had gone out: `headersSent` is true, headers are refused as Node refuses
 * them, and what is done to the status is undone. Whoever hangs up on the client, as Express does with an error after the answer, has
 * to wait. The function ends all of it, and gives back that hanging up; it does nothing when nobody did.
 */
export function seemSent(response: NodeResponseLike): () => () => void {
  const { statusCode, statusMessage, socket } = response;
  const undo = [shadow(response, 'headersSent', { get: () => true })];
  for (const [name, verb] of Object.entries(settingHeaders)) {
    const refuse = (): never => {
      throw nodeError('ERR_HTTP_HEADERS_SENT', `Cannot ${verb} headers after they are sent to the client`);
    };
    undo.push(shadow(response, name, { value: refuse, writable: true }));
  }
  let hungUp = false;
  if (socket) {
    const destroy = (error?: Error): unknown => {
      if (error !== undefined) return Reflect.apply(own, socket, [error]);
      hungUp = true;
      return socket;
    };
    const own = socket.destroy;
    undo.push(shadow(socket, 'destroy', { value: destroy, writable: true }));
  }
  return () => {
    for (const each of undo) each();
    response.statusCode = statusCode;
    response.statusMessage = statusMessage;
    return () => void (hungUp && socket?.destroy());
  };
}

/** An error as Node's own. */
export function nodeError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

/** Puts a property before the one that an object has or inherits. The function takes it away again. */
function shadow(object: object, name: string, property: PropertyDescriptor): () => void {
  const before = Object.getOwnPropertyDescriptor(object, name);
  Object.defineProperty(object, name, { ...property, configurable: true });
  return () => {
    if (before === undefined) Reflect.deleteProperty(object, name);
    else Object.defineProperty(object, name, before);
  };
}
