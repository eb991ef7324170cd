import type { WrapOptions } from './cache.js';
import type { Loader } from './loader.js';
import type { GetOrSetOptions } from './options.js';

type GetOrSet = <T>(key: string, loader: Loader<T>, options?: GetOrSetOptions) => Promise<T>;

/** A function for one key that reads through the cache by one loader. */
export function readThrough<T>(
  getOrSet: GetOrSet,
  loader: Loader<T>,
  options: Omit<GetOrSetOptions, 'signal'> | undefined,
): (key: string, call?: { readonly signal?: AbortSignal }) => Promise<T> {
  return (key, call) =>
    getOrSet(key, loader, call?.signal === undefined ? options : { ...options, signal: call.signal });
}

/** A function that reads through the cache by its arguments. */
export function wrapped<Args extends readonly unknown[], T>(
  getOrSet: GetOrSet,
  run: (...args: Args) => T | Promise<T>,
  keyOf: (...args: Args) => string,
  { tags, ...rest }: WrapOptions<Args>,
): (...args: Args) => Promise<T> {
  const shared: GetOrSetOptions = typeof tags === 'function' || tags === undefined ? rest : { ...rest, tags };
  return (...args) => {
    try {
      const own = typeof tags === 'function' ? { ...rest, tags: tags(...args) } : shared;
      return getOrSet<T>(keyOf(...args), () => run(...args), own);
    } catch (error) {
      return Promise.reject(error);
    }
  };
}
