-- Shared by the scripts of this package: how a member comes to a place of a packed board, and leaves it (see packed.lua).
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing; it defines local functions
local function put(round, member, _, place)
  redis.call('ZADD', round.board, exact(place), member)
end

local function erase(round, member)
  redis.call('ZREM', round.board, member)
end

-- How many have the same result.
local function equalsOf(round, place)
  local first = firstEqual(round, place)
  return redis.call('ZCOUNT', round.board, exact(first), exact(first + round.tie - 1))
end
