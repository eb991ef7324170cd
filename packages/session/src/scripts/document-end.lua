-- Ends a session of a framework's store: a tombstone stands where it was, so that no late request brings it back.
-- KEYS[1]  the session
-- KEYS[2]  the index of its shard
-- ARGV[1]  the session's entry there
-- ARGV[2]  life of the tombstone in ms
-- Returns  { 'ended' | 'none' | 'revoked' | 'foreign' }
local state = stand(KEYS[1], KEYS[2], ARGV[1], nowMs())
if state == 'foreign' then return { state } end
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], '@', 'T1')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
if state == 'live' then return { 'ended' } end
return { state }
