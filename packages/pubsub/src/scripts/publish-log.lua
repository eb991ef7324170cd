-- Stores one message in a channel's history under the next offset, and publishes it, in one act.
-- KEYS[1]  the head: 'epoch:offset' of the newest message
-- KEYS[2]  the history, a stream whose entry ids are the offsets
-- KEYS[3]  the channel
-- ARGV[1]  the frame up to its position
-- ARGV[2]  the body
-- ARGV[3]  the epoch to begin with when there is none; never used before
-- ARGV[4]  how many messages the history keeps
-- ARGV[5]  for how long after the last publish, in ms
-- ARGV[6]  for how long the head is kept after the last publish, in ms
-- ARGV[7]  PUBLISH or SPUBLISH
-- Returns  { 'epoch:offset', receivers }
local order = { ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7] }
local position, receivers = append(KEYS[1], KEYS[2], KEYS[3], { ARGV[1], ARGV[2] }, order)
return { position, receivers }
