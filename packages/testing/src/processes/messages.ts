/** What a parent asks of its worker. */
export interface WorkerCall {
  readonly id: number;
  readonly act: string;
  readonly args: readonly unknown[];
}

/** An error as it travels: its class is lost, its words and its code are not. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
}

/** What a worker says, in the order it happens: that it is ready, answers, and what it tells unasked. */
export type WorkerMessage =
  | { readonly type: 'ready'; readonly pid: number }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'refusal'; readonly id: number; readonly error: SentError }
  | { readonly type: 'report'; readonly value: unknown };

/** Turns whatever was thrown into what can be sent. */
export function sentError(thrown: unknown): SentError {
  if (!(thrown instanceof Error)) return { name: 'Error', message: String(thrown) };
  const { name, message, stack } = thrown;
  const { code } = thrown as { code?: unknown };
  return {
    name,
    message,
    ...(typeof code === 'string' && { code }),
    ...(stack !== undefined && { stack }),
  };
}

/** The error that a parent's call rejects with. */
export function receivedError({ name, message, code, stack }: SentError): Error {
  const error = new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return code === undefined ? error : Object.assign(error, { code });
}
