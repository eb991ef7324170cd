/** The set commands of Redis 7.0: their signatures, as `parseSignatures` reads them. */
export const setSignatures: string = `
sadd; -3; write denyoom fast; 1 1 1; @write @set @fast; ; 1.0.0; ; ~RW insert~index:1~range:0,1,0
scard; 2; readonly fast; 1 1 1; @read @set @fast; ; 1.0.0; ; ~RO~index:1~range:0,1,0
sdiff; -2; readonly; 1 -1 1; @read @set @slow; nondeterministic_output_order; 1.0.0; ; ~RO access~index:1~range:-1,1,0
sdiffstore; -3; write denyoom; 1 -1 1; @write @set @slow; ; 1.0.0; ; ~OW update~index:1~range:0,1,0 & ~RO access~index:2~range:-1,1,0
sinter; -2; readonly; 1 -1 1; @read @set @slow; nondeterministic_output_order; 1.0.0; ; ~RO access~index:1~range:-1,1,0
sintercard; -3; readonly movablekeys; 0 0 0; @read @set @slow; ; 7.0.0; LIMIT; ~RO access~index:1~keynum:0,1,1
sinterstore; -3; write denyoom; 1 -1 1; @write @set @slow; ; 1.0.0; ; ~RW update~index:1~range:0,1,0 & ~RO access~index:2~range:-1,1,0
sismember; 3; readonly fast; 1 1 1; @read @set @fast; ; 1.0.0; ; ~RO~index:1~range:0,1,0
smembers; 2; readonly; 1 1 1; @read @set @slow; nondeterministic_output_order; 1.0.0; ; ~RO access~index:1~range:0,1,0
smismember; -3; readonly fast; 1 1 1; @read @set @fast; ; 6.2.0; ; ~RO access~index:1~range:0,1,0
smove; 4; write fast; 1 2 1; @write @set @fast; ; 1.0.0; ; ~RW access delete~index:1~range:0,1,0 & ~RW insert~index:2~range:0,1,0
spop; -2; write fast; 1 1 1; @write @set @fast; nondeterministic_output; 1.0.0; ; ~RW access delete~index:1~range:0,1,0
srandmember; -2; readonly; 1 1 1; @read @set @slow; nondeterministic_output; 1.0.0; ; ~RO access~index:1~range:0,1,0
srem; -3; write fast; 1 1 1; @write @set @fast; ; 1.0.0; ; ~RW delete~index:1~range:0,1,0
sscan; -3; readonly; 1 1 1; @read @set @slow; nondeterministic_output; 2.8.0; MATCH COUNT; ~RO access~index:1~range:0,1,0
sunion; -2; readonly; 1 -1 1; @read @set @slow; nondeterministic_output_order; 1.0.0; ; ~RO access~index:1~range:-1,1,0
sunionstore; -3; write denyoom; 1 -1 1; @write @set @slow; ; 1.0.0; ; ~OW update~index:1~range:0,1,0 & ~RO access~index:2~range:-1,1,0
`;
