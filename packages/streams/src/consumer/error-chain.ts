/** What of an error goes into a dead letter: its class and its message, shortened. No stack, no other property. */
export interface DescribedError {
  readonly name: string;
  readonly message: string;
}

const longestText = 1000;
const longestChain = 5;

/** An error and what caused it, the outermost first, at most five; empty when there was none. */
export function errorChain(error: unknown): readonly DescribedError[] {
  const chain: DescribedError[] = [];
  for (let one = error ?? undefined; one !== undefined && chain.length < longestChain; ) {
    chain.push({
      name: one instanceof Error ? one.name : typeof one,
      message: textOf(one).slice(0, longestText),
    });
    one = one instanceof Error ? (one.cause ?? undefined) : undefined;
  }
  return chain;
}

function textOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return typeof error === 'string' ? error : '';
}
