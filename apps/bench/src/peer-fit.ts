import { inNodeRange } from './node-range.js';

/** What is read of the peers' lockfile. */
export interface Lockfile {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly engines?: { readonly node?: string } }>
  >;
}

/** Which peers a Node may run. npm installs them all and only warns. */
export interface PeerFit {
  /** Those of the names that this Node may run, by what the peers ask for; the others are noted in `leftOut`. */
  fit<Name extends string>(names: readonly Name[]): readonly Name[];
  /** Who `fit` has left out so far, why, and what to do about it, a line each. */
  readonly leftOut: readonly string[];
  /** Why a peer cannot be run, with the way out; undefined where it can. Unknown names ask for nothing. */
  refusal(name: string): string | undefined;
}

/** By what each peer itself asks for in the lockfile; what its own dependencies ask for is its authors' business. */
export function peerFit({ packages }: Lockfile, node: string): PeerFit {
  const leftOut = new Set<string>();
  const refusal = (name: string): string | undefined => {
    const { version, engines } = packages[`node_modules/${name}`] ?? {};
    if (engines?.node === undefined || inNodeRange(node, engines.node)) return undefined;
    return `${name} ${version} asks for Node ${engines.node}, this is ${node}: npx -p node@24 npm run bench`;
  };
  return {
    refusal,
    fit: (names) =>
      names.filter((name) => {
        const refused = refusal(name);
        if (refused !== undefined) leftOut.add(refused);
        return refused === undefined;
      }),
    get leftOut() {
      return [...leftOut];
    },
  };
}
