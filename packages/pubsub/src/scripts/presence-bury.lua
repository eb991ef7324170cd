-- Ends the list of a node's rooms when nothing is left on it: from then on the node can enter none.
-- KEYS[1]  the node's rooms, a set
-- ARGV[1]  for how long the node is remembered as gone, in ms
-- Returns  1, or 0 when there still are rooms
if redis.call('SCARD', KEYS[1]) > redis.call('SISMEMBER', KEYS[1], '') then return 0 end
redis.call('SADD', KEYS[1], '')
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
