-- Shared by the scripts of this package: how a member comes to a place of a lexicographic board, and leaves it (see lexicographic.lua).
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing; it defines local functions
local function put(round, member, old, place)
  redis.call('ZADD', round.board, 0, place .. member)
  -- Afterwards: a board that was empty in between would be a new key, which does not end with its round.
  if old then redis.call('ZREM', round.board, old .. member) end
  redis.call('HSET', round.index, member, place)
end

local function erase(round, member, place)
  redis.call('ZREM', round.board, place .. member)
  redis.call('HDEL', round.index, member)
end

-- How many have the same result.
local function equalsOf(round, place)
  local result = string.sub(place, 1, round.tie)
  return redis.call('ZLEXCOUNT', round.board, '[' .. result, through(result))
end
