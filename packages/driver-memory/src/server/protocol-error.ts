/** The client does not speak the protocol: it is told why, and its socket is closed. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}
