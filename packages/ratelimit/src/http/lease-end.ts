/** What a response tells of its end: Node's own, of HTTP/1 or HTTP/2. */
export interface ClosingResponse {
  readonly closed?: boolean;
  readonly stream?: { readonly destroyed?: boolean };
  once(event: 'close', listener: () => void): unknown;
}

/** Ends a lease with the response: at once when the client has gone already, while it was asked for. */
export function endWith(response: ClosingResponse, release: () => void): void {
  if (response.closed === true || response.stream?.destroyed === true) release();
  else response.once('close', release);
}
