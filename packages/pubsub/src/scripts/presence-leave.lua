-- Takes connections of one node out of a room: a given one, or as many as may be at once. Tells of every user whose last it was.
-- KEYS[1]  the head: 'epoch:offset' of the newest join or leave
-- KEYS[2]  the history of joins and leaves
-- KEYS[3]  the channel
-- KEYS[4]  who is here, a hash: user to 'epoch:offset', a line feed, since when in ms
-- KEYS[5]  how many connections each has, a hash: user to count
-- KEYS[6]  what the node holds in this room, a hash: connection to user
-- ARGV[1]  the frame up to the end of its id
-- ARGV[2]  the epoch to begin with when there is none; never used before
-- ARGV[3]  how many joins and leaves the history keeps
-- ARGV[4]  for how long after the last one, in ms
-- ARGV[5]  for how long the head is kept, in ms
-- ARGV[6]  PUBLISH or SPUBLISH
-- ARGV[7]  the connection; '' for any
-- ARGV[8]  how many at most
-- ARGV[9]  for how long the node, which is over, must not join here again, in ms; 0: it lives on
-- Returns  how many connections the node still holds here
local connections = { ARGV[7] }
if ARGV[7] == '' then
  redis.call('HDEL', KEYS[6], '')
  connections = redis.call('HRANDFIELD', KEYS[6], ARGV[8])
end
local order = { ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6] }
for i, connection in ipairs(connections) do
  local user = redis.call('HGET', KEYS[6], connection)
  if user then
    redis.call('HDEL', KEYS[6], connection)
    if redis.call('HINCRBY', KEYS[5], user, -1) <= 0 then
      redis.call('HDEL', KEYS[5], user)
      redis.call('HDEL', KEYS[4], user)
      local body = 'R' .. string.len(user) .. ':' .. user
      append(KEYS[1], KEYS[2], KEYS[3], { ARGV[1] .. '_' .. i .. ';', body }, order)
    end
  end
end
local left = redis.call('HLEN', KEYS[6])
if left == 0 and ARGV[9] ~= '0' then
  redis.call('HSET', KEYS[6], '', '')
  redis.call('PEXPIRE', KEYS[6], ARGV[9])
end
return left
