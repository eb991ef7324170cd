/** The transactions commands of Redis 7.0: their signatures, as `parseSignatures` reads them. */
export const transactionsSignatures: string = `
discard; 1; noscript loading stale fast allow_busy; 0 0 0; @fast @transaction; ; 2.0.0; ; 
exec; 1; noscript loading stale skip_slowlog; 0 0 0; @slow @transaction; ; 1.2.0; ; 
multi; 1; noscript loading stale fast allow_busy; 0 0 0; @fast @transaction; ; 1.2.0; ; 
unwatch; 1; noscript loading stale fast allow_busy; 0 0 0; @fast @transaction; ; 2.2.0; ; 
watch; -2; noscript loading stale fast allow_busy; 1 -1 1; @fast @transaction; ; 2.2.0; ; ~RO~index:1~range:-1,1,0
`;
