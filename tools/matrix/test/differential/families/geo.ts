import type { Family } from '../support/family.js';

const place =
  '( 13.361389 38.115556 | 15.087269 37.502669 | 2.35 48.85 | -122.4 37.77 | -0.1 51.5 | 180 0 | -180 85 | 0 -85.05112878 | 151.2 -33.86 | 181 0 | 0 86 | 13 38 )';
const unit = '( M | KM | FT | MI | XX )';
const far = `( 0 | 10 | 200 | 5000.5 | 20000 | -1 ) ${unit}`;
const box = `( 0 | 10 | 400 | 5000.5 | 20000 | -1 ) ( 1 | 300 | 20000 ) ${unit}`;
const what = '( WITHDIST | WITHCOORD | WITHHASH ) *';
const order = '( ASC | DESC )';

/** Places on earth. Unsorted results stand in Redis' order too. */
export const geo: Family = {
  name: 'geo',
  fillers: [`GEOADD key ${place} member`, `GEOADD key ${place} member ${place} member ${place} member`],
  forms: [
    `GEOADD key ( NX | XX ) ? CH ? ${place} member`,
    'GEOADD key float float member',
    `GEODIST key member member ${unit} ?`,
    'GEOPOS key member *',
    'GEOHASH key member *',
    `GEOSEARCH key ( FROMLONLAT ${place} | FROMMEMBER member ) ( BYRADIUS ${far} | BYBOX ${box} ) ${order} ? ( COUNT count ANY ? ) ? ${what}`,
    `GEOSEARCH key FROMLONLAT ${place} BYBOX ${box} ${order} ?`,
    `GEOSEARCHSTORE key key FROMLONLAT ${place} BYRADIUS ${far} ( COUNT count ) ? STOREDIST ?`,
    `GEOSEARCH key ( FROMMEMBER member ) ? ( BYRADIUS ${far} ) ? ANY ?`,
    `GEORADIUS key ${place} ${far} ${what} ( COUNT count ) ? ${order} ? ( ( STORE | STOREDIST ) key ) ?`,
    `GEORADIUS_RO key ${place} ${far} ${what} ( STORE key ) ?`,
    `GEORADIUSBYMEMBER key member ${far} ${what} ( ( STORE | STOREDIST ) key ) ?`,
    `GEORADIUSBYMEMBER_RO key member ${far} ${what}`,
    'ZREM key member',
  ],
};
