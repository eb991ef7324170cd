import type { BenchContext } from '../../case.js';
import { penknife } from './ours.js';
import {
  asyncCacheDedupe,
  bentocache,
  cacheable,
  cacheManager,
  cachified,
  layeredLoader,
  type OpenCache,
} from './peers.js';

/** A cache that is compared, by the name its process is told. */
export type Library =
  | 'penknife'
  | 'bentocache'
  | 'cacheable'
  | 'cache-manager'
  | 'layered-loader'
  | 'async-cache-dedupe'
  | 'cachified';

/** All of them, ours first. */
export const libraries: Readonly<Record<Library, OpenCache>> = {
  penknife,
  bentocache,
  cacheable,
  'cache-manager': cacheManager,
  'layered-loader': layeredLoader,
  'async-cache-dedupe': asyncCacheDedupe,
  cachified,
};

/** All of them but those that ask for another Node. */
export function librariesThatRun({ peers }: Pick<BenchContext, 'peers'>): readonly Library[] {
  return peers.fit(Object.keys(libraries) as Library[]);
}
