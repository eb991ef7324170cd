/** The bitmap commands of Redis 7.0: their signatures, as `parseSignatures` reads them. */
export const bitmapSignatures: string = `
bitcount; -2; readonly; 1 1 1; @read @bitmap @slow; ; 2.6.0; BYTE BIT; ~RO access~index:1~range:0,1,0
bitfield; -2; write denyoom; 1 1 1; @write @bitmap @slow; ; 3.2.0; GET OVERFLOW WRAP SAT FAIL SET INCRBY; This command allows both access and modification of the key~RW access update variable_flags~index:1~range:0,1,0
bitfield_ro; -2; readonly fast; 1 1 1; @read @bitmap @fast; ; 6.0.0; GET; ~RO access~index:1~range:0,1,0
bitop; -4; write denyoom; 2 -1 1; @write @bitmap @slow; ; 2.6.0; ; ~OW update~index:2~range:0,1,0 & ~RO access~index:3~range:-1,1,0
bitpos; -3; readonly; 1 1 1; @read @bitmap @slow; ; 2.8.7; BYTE BIT; ~RO access~index:1~range:0,1,0
getbit; 3; readonly fast; 1 1 1; @read @bitmap @fast; ; 2.2.0; ; ~RO access~index:1~range:0,1,0
setbit; 4; write denyoom; 1 1 1; @write @bitmap @slow; ; 2.2.0; ; ~RW access update~index:1~range:0,1,0
`;
