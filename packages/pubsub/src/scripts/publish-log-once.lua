-- Stores one message in a channel's history and publishes it, unless one of the same id was published before, in one act.
-- KEYS[1]  the head: 'epoch:offset' of the newest message
-- KEYS[2]  the history, a stream whose entry ids are the offsets
-- KEYS[3]  the channel
-- KEYS[4]  the mark of the id: the position of its message
-- ARGV[1]  the frame up to its position
-- ARGV[2]  the body
-- ARGV[3]  the epoch to begin with when there is none; never used before
-- ARGV[4]  how many messages the history keeps
-- ARGV[5]  for how long after the last publish, in ms
-- ARGV[6]  for how long the head is kept after the last publish, in ms
-- ARGV[7]  PUBLISH or SPUBLISH
-- ARGV[8]  for how long the id is remembered, in ms
-- Returns  { 1 or 0 when it was published before, 'epoch:offset', receivers }
local before = redis.call('GET', KEYS[4])
if before then return { 0, before, 0 } end
local order = { ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7] }
local position, receivers = append(KEYS[1], KEYS[2], KEYS[3], { ARGV[1], ARGV[2] }, order)
redis.call('SET', KEYS[4], position, 'PX', ARGV[8])
return { 1, position, receivers }
