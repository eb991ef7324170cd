import * as redis6 from 'redis';
import * as redis5 from 'redis5';

/** Both majors of the client, for `describe.each`. */
export const majors: readonly { readonly major: number; readonly redis: typeof redis6 }[] = [
  { major: 6, redis: redis6 },
  { major: 5, redis: redis5 as unknown as typeof redis6 },
];
