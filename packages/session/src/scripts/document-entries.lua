-- The entries of one shard that have not run out, the soonest to end first.
-- KEYS[1]  the index of the shard
-- ARGV[1]  how many to leave out            ARGV[2]  at most so many
-- Returns  { how many there are, entry, … }
local now = string.format('%.0f', nowMs())
local reply = { redis.call('ZCOUNT', KEYS[1], '(' .. now, '+inf') }
local limit = tonumber(ARGV[2])
if limit > 0 then
  for _, entry in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf', 'LIMIT', ARGV[1], limit)) do
    reply[#reply + 1] = entry
  end
end
return reply
