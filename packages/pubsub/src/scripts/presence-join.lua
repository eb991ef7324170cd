-- Adds one connection of a user to a room; tells everybody when it is the user's first.
-- KEYS[1]  the head: 'epoch:offset' of the newest join or leave
-- KEYS[2]  the history of joins and leaves
-- KEYS[3]  the channel
-- KEYS[4]  who is here, a hash: user to 'epoch:offset', a line feed, since when in ms
-- KEYS[5]  how many connections each has, a hash: user to count
-- KEYS[6]  what the node holds in this room, a hash: connection to user; with a field '' when the node's lease is over
-- ARGV[1]  the frame up to its position
-- ARGV[2]  the epoch to begin with when there is none; never used before
-- ARGV[3]  how many joins and leaves the history keeps
-- ARGV[4]  for how long after the last one, in ms
-- ARGV[5]  for how long the head is kept, in ms
-- ARGV[6]  PUBLISH or SPUBLISH
-- ARGV[7]  the user
-- ARGV[8]  the connection
-- ARGV[9]  how many users there may be
-- Returns  'joined', 'full', or 'over' when the node's lease is over
if redis.call('HEXISTS', KEYS[6], '') == 1 then return 'over' end
if redis.call('HEXISTS', KEYS[6], ARGV[8]) == 1 then return 'joined' end
local isNew = redis.call('HEXISTS', KEYS[5], ARGV[7]) == 0
if isNew and redis.call('HLEN', KEYS[5]) >= tonumber(ARGV[9]) then return 'full' end
redis.call('HSET', KEYS[6], ARGV[8], ARGV[7])
redis.call('HINCRBY', KEYS[5], ARGV[7], 1)
if isNew then
  local since = string.format('%.0f', nowMs())
  local body = 'S' .. string.len(ARGV[7]) .. ':' .. ARGV[7] .. since
  local order = { ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6] }
  local position = append(KEYS[1], KEYS[2], KEYS[3], { ARGV[1], body }, order)
  redis.call('HSET', KEYS[4], ARGV[7], position .. '\n' .. since)
end
return 'joined'
