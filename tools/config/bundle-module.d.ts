/**
 * Bundles a module (`new URL('./worker.ts', import.meta.url)`) with all it imports, workspace packages from their sources,
 * into one JavaScript file; resolves with its path.
 */
export declare function bundleModule(entry: URL): Promise<string>;
