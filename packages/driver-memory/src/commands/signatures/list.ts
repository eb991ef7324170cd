/** The list commands of Redis 7.0: their signatures, as `parseSignatures` reads them. */
export const listSignatures: string = `
blmove; 6; write denyoom noscript blocking; 1 2 1; @write @list @slow @blocking; ; 6.2.0; LEFT RIGHT; ~RW access delete~index:1~range:0,1,0 & ~RW insert~index:2~range:0,1,0
blmpop; -5; write blocking movablekeys; 0 0 0; @write @list @slow @blocking; ; 7.0.0; LEFT RIGHT COUNT; ~RW access delete~index:2~keynum:0,1,1
blpop; -3; write noscript blocking; 1 -2 1; @write @list @slow @blocking; ; 2.0.0; ; ~RW access delete~index:1~range:-2,1,0
brpop; -3; write noscript blocking; 1 -2 1; @write @list @slow @blocking; ; 2.0.0; ; ~RW access delete~index:1~range:-2,1,0
brpoplpush; 4; write denyoom noscript blocking; 1 2 1; @write @list @slow @blocking; ; 2.2.0; ; ~RW access delete~index:1~range:0,1,0 & ~RW insert~index:2~range:0,1,0
lindex; 3; readonly; 1 1 1; @read @list @slow; ; 1.0.0; ; ~RO access~index:1~range:0,1,0
linsert; 5; write denyoom; 1 1 1; @write @list @slow; ; 2.2.0; BEFORE AFTER; ~RW insert~index:1~range:0,1,0
llen; 2; readonly fast; 1 1 1; @read @list @fast; ; 1.0.0; ; ~RO~index:1~range:0,1,0
lmove; 5; write denyoom; 1 2 1; @write @list @slow; ; 6.2.0; LEFT RIGHT; ~RW access delete~index:1~range:0,1,0 & ~RW insert~index:2~range:0,1,0
lmpop; -4; write movablekeys; 0 0 0; @write @list @slow; ; 7.0.0; LEFT RIGHT COUNT; ~RW access delete~index:1~keynum:0,1,1
lpop; -2; write fast; 1 1 1; @write @list @fast; ; 1.0.0; ; ~RW access delete~index:1~range:0,1,0
lpos; -3; readonly; 1 1 1; @read @list @slow; ; 6.0.6; RANK COUNT MAXLEN; ~RO access~index:1~range:0,1,0
lpush; -3; write denyoom fast; 1 1 1; @write @list @fast; ; 1.0.0; ; ~RW insert~index:1~range:0,1,0
lpushx; -3; write denyoom fast; 1 1 1; @write @list @fast; ; 2.2.0; ; ~RW insert~index:1~range:0,1,0
lrange; 4; readonly; 1 1 1; @read @list @slow; ; 1.0.0; ; ~RO access~index:1~range:0,1,0
lrem; 4; write; 1 1 1; @write @list @slow; ; 1.0.0; ; ~RW delete~index:1~range:0,1,0
lset; 4; write denyoom; 1 1 1; @write @list @slow; ; 1.0.0; ; ~RW update~index:1~range:0,1,0
ltrim; 4; write; 1 1 1; @write @list @slow; ; 1.0.0; ; ~RW delete~index:1~range:0,1,0
rpop; -2; write fast; 1 1 1; @write @list @fast; ; 1.0.0; ; ~RW access delete~index:1~range:0,1,0
rpoplpush; 3; write denyoom; 1 2 1; @write @list @slow; ; 1.2.0; ; ~RW access delete~index:1~range:0,1,0 & ~RW insert~index:2~range:0,1,0
rpush; -3; write denyoom fast; 1 1 1; @write @list @fast; ; 1.0.0; ; ~RW insert~index:1~range:0,1,0
rpushx; -3; write denyoom fast; 1 1 1; @write @list @fast; ; 2.2.0; ; ~RW insert~index:1~range:0,1,0
`;
