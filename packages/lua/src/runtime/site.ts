/**
 * One place in a source text: what error messages need to know of it. `callee` is the name a call goes by;
 * `left` and `right` describe operands ("local 'x'").
 */
export interface Site {
  readonly chunk: string;
  /** The chunk's whole name (`@user_script`, or a loaded text itself). */
  readonly source: string;
  readonly line: number;
  readonly callee?: string | undefined;
  readonly method?: boolean | undefined;
  readonly tail?: boolean | undefined;
  readonly left?: string | undefined;
  readonly right?: string | undefined;
}
