/** What is needed of a response of Node's `http`. */
export interface NodeResponseLike {
  statusCode: number;
  statusMessage: string;
  readonly headersSent: boolean;
  readonly socket?: { destroy(error?: Error): unknown } | null;
  getHeader(name: string): number | string | readonly string[] | undefined;
  setHeader(name: string, value: number | string | readonly string[]): unknown;
  emit(event: 'drain'): boolean;
  once(event: 'finish', listener: () => void): unknown;
}
