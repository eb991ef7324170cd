/** The stream commands of Redis 7.0: their signatures, as `parseSignatures` reads them. */
export const streamSignatures: string = `
xack; -4; write fast; 1 1 1; @write @stream @fast; ; 5.0.0; ; ~RW update~index:1~range:0,1,0
xadd; -5; write denyoom fast; 1 1 1; @write @stream @fast; nondeterministic_output; 5.0.0; NOMKSTREAM MAXLEN MINID = ~ LIMIT *; UPDATE instead of INSERT because of the optional trimming feature~RW update~index:1~range:0,1,0
xautoclaim; -6; write fast; 1 1 1; @write @stream @fast; nondeterministic_output; 6.2.0; COUNT JUSTID; ~RW delete~index:1~range:0,1,0
xclaim; -6; write fast; 1 1 1; @write @stream @fast; nondeterministic_output; 5.0.0; IDLE TIME RETRYCOUNT FORCE JUSTID LASTID; ~RW update~index:1~range:0,1,0
xdel; -3; write fast; 1 1 1; @write @stream @fast; ; 5.0.0; ; ~RW delete~index:1~range:0,1,0
xgroup; -2; ; 0 0 0; @slow; ; 5.0.0; ; 
xgroup|create; -5; write denyoom; 2 2 1; @write @stream @slow; ; 5.0.0; $ MKSTREAM ENTRIESREAD; ~RW insert~index:2~range:0,1,0
xgroup|createconsumer; 5; write denyoom; 2 2 1; @write @stream @slow; ; 6.2.0; ; ~RW insert~index:2~range:0,1,0
xgroup|delconsumer; 5; write; 2 2 1; @write @stream @slow; ; 5.0.0; ; ~RW delete~index:2~range:0,1,0
xgroup|destroy; 4; write; 2 2 1; @write @stream @slow; ; 5.0.0; ; ~RW delete~index:2~range:0,1,0
xgroup|help; 2; loading stale; 0 0 0; @stream @slow; ; 5.0.0; ; 
xgroup|setid; -5; write; 2 2 1; @write @stream @slow; ; 5.0.0; $ ENTRIESREAD; ~RW update~index:2~range:0,1,0
xinfo; -2; ; 0 0 0; @slow; ; 5.0.0; ; 
xinfo|consumers; 4; readonly; 2 2 1; @read @stream @slow; nondeterministic_output; 5.0.0; ; ~RO access~index:2~range:0,1,0
xinfo|groups; 3; readonly; 2 2 1; @read @stream @slow; ; 5.0.0; ; ~RO access~index:2~range:0,1,0
xinfo|help; 2; loading stale; 0 0 0; @stream @slow; ; 5.0.0; ; 
xinfo|stream; -3; readonly; 2 2 1; @read @stream @slow; ; 5.0.0; FULL COUNT; ~RO access~index:2~range:0,1,0
xlen; 2; readonly fast; 1 1 1; @read @stream @fast; ; 5.0.0; ; ~RO~index:1~range:0,1,0
xpending; -3; readonly; 1 1 1; @read @stream @slow; nondeterministic_output; 5.0.0; IDLE; ~RO access~index:1~range:0,1,0
xrange; -4; readonly; 1 1 1; @read @stream @slow; ; 5.0.0; COUNT; ~RO access~index:1~range:0,1,0
xread; -4; readonly blocking movablekeys; 0 0 0; @read @stream @slow @blocking; ; 5.0.0; COUNT BLOCK STREAMS; ~RO access~keyword:STREAMS,1~range:-1,1,2
xreadgroup; -7; write blocking movablekeys; 0 0 0; @write @stream @slow @blocking; ; 5.0.0; GROUP COUNT BLOCK NOACK STREAMS; ~RO access~keyword:STREAMS,4~range:-1,1,2
xrevrange; -4; readonly; 1 1 1; @read @stream @slow; ; 5.0.0; COUNT; ~RO access~index:1~range:0,1,0
xsetid; -3; write denyoom fast; 1 1 1; @write @stream @fast; ; 5.0.0; ENTRIESADDED MAXDELETEDID; ~RW update~index:1~range:0,1,0
xtrim; -4; write; 1 1 1; @write @stream @slow; nondeterministic_output; 5.0.0; MAXLEN MINID = ~ LIMIT; ~RW delete~index:1~range:0,1,0
`;
