-- Stores what was loaded, if the lease it was loaded under still lives.
-- KEYS[1]  the entry
-- KEYS[2]  its lease
-- ARGV[1]  token of the lease
-- ARGV[2]  the entry's bytes
-- ARGV[3]  how long they live, ms
-- Returns  1: stored; 0: the lease is dead, nothing changed
local lease = readLease(KEYS[2])
if not lease or lease.kind ~= 'L' or lease.token ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('DEL', KEYS[2])
wakeWaiters(KEYS[2], lease)
return 1
