-- Keeps a snapshot of an aggregate, unless there is a later one.
-- KEYS[1]  the snapshot
-- ARGV[1]  version
-- ARGV[2]  state
-- Returns  1 kept, 0 there is a later one
local kept = redis.call('HGET', KEYS[1], 'v')
if kept and tonumber(kept) >= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'v', ARGV[1], 's', ARGV[2])
return 1
