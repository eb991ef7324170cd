-- Notes, before a node's first join, that it will hold something in a room: so that whoever buries the node finds it.
-- KEYS[1]  the node's rooms, a set; with a member '' when its lease is over
-- ARGV[1]  the room
-- Returns  1, or 0 when the node's lease is over
if redis.call('SISMEMBER', KEYS[1], '') == 1 then return 0 end
redis.call('SADD', KEYS[1], ARGV[1])
return 1
