-- Publishes one message, unless one of the same id was published before, in one act.
-- KEYS[1]  the mark of the id
-- KEYS[2]  the channel
-- ARGV[1]  the frame
-- ARGV[2]  for how long the id is remembered, in ms
-- ARGV[3]  PUBLISH or SPUBLISH
-- Returns  { 1 or 0 when it was published before, receivers }
if not redis.call('SET', KEYS[1], '1', 'PX', ARGV[2], 'NX') then return { 0, 0 } end
return { 1, redis.call(ARGV[3], KEYS[2], ARGV[1]) }
