/** The hyperloglog commands of Redis 7.0: their signatures, as `parseSignatures` reads them. */
export const hyperloglogSignatures: string = `
pfadd; -2; write denyoom fast; 1 1 1; @write @hyperloglog @fast; ; 2.8.9; ; ~RW insert~index:1~range:0,1,0
pfcount; -2; readonly; 1 -1 1; @read @hyperloglog @slow; ; 2.8.9; ; RW because it may change the internal representation of the key, and propagate to replicas~RW access~index:1~range:-1,1,0
pfdebug; 3; write denyoom admin; 2 2 1; @write @hyperloglog @admin @slow @dangerous; ; 2.8.9; ; ~RW access~index:2~range:0,1,0
pfmerge; -2; write denyoom; 1 -1 1; @write @hyperloglog @slow; ; 2.8.9; ; ~RW access insert~index:1~range:0,1,0 & ~RO access~index:2~range:-1,1,0
pfselftest; 1; admin; 0 0 0; @hyperloglog @admin @slow @dangerous; ; 2.8.9; ; 
`;
