-- One look into the outbox of a leaderboard, by whoever holds the lease: the oldest entries.
-- KEYS[1]  the lease
-- KEYS[2]  the outbox
-- ARGV[1]  who looks
-- ARGV[2]  how long the lease is, in ms
-- ARGV[3]  at most this many entries
-- Returns  { ms for which somebody else has the lease (0: it is ours), entries there are, the oldest of them }
local leftMs = holdLease(KEYS[1], ARGV[1], ARGV[2])
if leftMs > 0 then return { leftMs, 0, {} } end
return { 0, redis.call('XLEN', KEYS[2]), redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', ARGV[3]) }
