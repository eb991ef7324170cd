-- Stores one message in a channel's history under the next offset, and publishes it, in one act.
-- When the counter is gone the order starts over: a new epoch, and what is left of the old history goes.
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
local head = redis.call('GET', KEYS[1])
local epoch, offset
if head then epoch, offset = string.match(head, '^([%w_-]+):(%d+)$') end
if not epoch then
  epoch, offset = ARGV[3], 0
  redis.call('DEL', KEYS[2])
end
local number = string.format('%.0f', tonumber(offset) + 1)
local position = epoch .. ':' .. number
local frame = ARGV[1] .. position .. '\n' .. ARGV[2]
redis.call('SET', KEYS[1], position, 'PX', ARGV[6])
redis.call('XADD', KEYS[2], 'MAXLEN', '=', ARGV[4], number .. '-0', 'm', frame)
redis.call('PEXPIRE', KEYS[2], ARGV[5])
return { position, redis.call(ARGV[7], KEYS[3], frame) }
