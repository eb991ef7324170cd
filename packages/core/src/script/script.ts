/** What a driver needs of a script: its constant text, and the sha1 by which a server knows it. */
export interface Script {
  /** `<package>/<act>`, for traces and errors. */
  readonly name: string;
  readonly lua: string;
  readonly sha1: string;
}
