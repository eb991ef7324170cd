/** The pubsub commands of Redis 7.0: their signatures, as `parseSignatures` reads them. */
export const pubsubSignatures: string = `
psubscribe; -2; pubsub noscript loading stale; 0 0 0; @pubsub @slow; ; 2.0.0; ; 
publish; 3; pubsub loading stale fast; 0 0 0; @pubsub @fast; ; 2.0.0; ; 
pubsub; -2; ; 0 0 0; @slow; ; 2.8.0; ; 
pubsub|channels; -2; pubsub loading stale; 0 0 0; @pubsub @slow; ; 2.8.0; ; 
pubsub|help; 2; loading stale; 0 0 0; @slow; ; 6.2.0; ; 
pubsub|numpat; 2; pubsub loading stale; 0 0 0; @pubsub @slow; ; 2.8.0; ; 
pubsub|numsub; -2; pubsub loading stale; 0 0 0; @pubsub @slow; ; 2.8.0; ; 
pubsub|shardchannels; -2; pubsub loading stale; 0 0 0; @pubsub @slow; ; 7.0.0; ; 
pubsub|shardnumsub; -2; pubsub loading stale; 0 0 0; @pubsub @slow; ; 7.0.0; ; 
punsubscribe; -1; pubsub noscript loading stale; 0 0 0; @pubsub @slow; ; 2.0.0; ; 
spublish; 3; pubsub loading stale fast; 1 1 1; @pubsub @fast; ; 7.0.0; ; ~not_key~index:1~range:0,1,0
ssubscribe; -2; pubsub noscript loading stale; 1 -1 1; @pubsub @slow; ; 7.0.0; ; ~not_key~index:1~range:-1,1,0
subscribe; -2; pubsub noscript loading stale; 0 0 0; @pubsub @slow; ; 2.0.0; ; 
sunsubscribe; -1; pubsub noscript loading stale; 1 -1 1; @pubsub @slow; ; 7.0.0; ; ~not_key~index:1~range:-1,1,0
unsubscribe; -1; pubsub noscript loading stale; 0 0 0; @pubsub @slow; ; 2.0.0; ; 
`;
