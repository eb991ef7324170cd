import type { Family } from '../support/family.js';

/** Strings: values, ranges, counters, options of SET. */
export const strings: Family = {
  name: 'strings',
  fillers: ['SET key value', 'SET key integer', 'SET key float', 'APPEND key value'],
  forms: [
    'SET key value ( NX | XX ) ? GET ? ( EX seconds | PX millis | EXAT at | PXAT atmillis | KEEPTTL ) ?',
    'SET key value word ? word ?',
    'GET key',
    'GETDEL key',
    'GETSET key value',
    'GETEX key ( EX seconds | PX millis | EXAT at | PXAT atmillis | PERSIST ) ?',
    'GETRANGE key range range',
    'SUBSTR key range range',
    'SETRANGE key offset value',
    'APPEND key value',
    'STRLEN key',
    'INCR key',
    'DECR key',
    'INCRBY key integer',
    'DECRBY key integer',
    'INCRBYFLOAT key float',
    'MGET key key key *',
    'MSET key value ( key value ) *',
    'MSETNX key value ( key value ) *',
    'SETNX key value',
    'SETEX key seconds value',
    'PSETEX key millis value',
    'LCS key key ( LEN | IDX ) ? ( MINMATCHLEN integer ) ? WITHMATCHLEN ?',
    'OBJECT ENCODING key',
    'TTL key',
  ],
};

/** Bits of strings. */
export const bitmaps: Family = {
  name: 'bitmaps',
  fillers: ['SETBIT key offset bit', 'SET key value'],
  forms: [
    'SETBIT key offset bit',
    'GETBIT key offset',
    'BITCOUNT key',
    'BITCOUNT key range range ( BYTE | BIT ) ?',
    'BITPOS key bit',
    'BITPOS key bit range ( range ( BYTE | BIT ) ? ) ?',
    'BITOP ( AND | OR | XOR | NOT ) key key',
    'BITOP ( AND | OR | XOR ) key key key key *',
    'BITFIELD key ( GET bittype bitoffset | SET bittype bitoffset integer | INCRBY bittype bitoffset integer | OVERFLOW ( WRAP | SAT | FAIL ) ) +',
    'BITFIELD_RO key ( GET bittype bitoffset ) +',
    'GET key',
    'STRLEN key',
  ],
};
