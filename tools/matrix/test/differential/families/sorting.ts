import type { Family } from '../support/family.js';

/**
 * SORT, by weights and with fetched values of other keys. Whatever leaves items as they were (no pattern, or equal
 * weights that are no numbers) is compared as a set, and neither cut nor stored. No number is out of a double's range:
 * Redis 7.0 remembers such an error of an earlier command and then refuses to sort.
 */
export const sorting: Family = {
  name: 'sorting',
  unspoiled: /^SORT|^ZADD/,
  fillers: [
    'RPUSH key plain plain plain',
    'RPUSH key plainnumber plainnumber plainnumber',
    'SADD key plainnumber plainnumber plain',
    'ZADD key plainnumber plain plainnumber plain 0 1 0 2',
    'SET weightkey plainnumber',
    'HSET hashkey f plain a plainnumber',
  ],
  forms: [
    'SORT key ( ASC | DESC ) ? ALPHA ?',
    'SORT key ALPHA ( LIMIT integer integer ) ?',
    'SORT key BY w_* ( LIMIT integer integer ) ? ( ASC | DESC ) ? ( GET sortpattern ) ?',
    'SORT key BY sortpattern ( ASC | DESC ) ? ALPHA ?',
    'SORT key ( GET sortpattern ) ( GET # ) ? ALPHA ?',
    'SORT key ALPHA DESC STORE key',
    'SORT key ( BY ( w_* | h_*->a ) ) ? ( GET sortpattern ) ? STORE key',
    'SORT_RO key ( BY sortpattern ) ? ( STORE key ) ?',
    'SORT key word ? word ?',
    'LRANGE key 0 -1',
    'DEL weightkey',
  ],
};
