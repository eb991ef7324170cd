-- Shared by the scripts of this package: counts of ranges of a lexicographic board (see lexicographic.lua).
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing; it defines local functions
local function countBefore(round, place)
  return redis.call('ZLEXCOUNT', round.board, '-', '(' .. place)
end

local function countWithin(round, best, worst)
  return redis.call('ZLEXCOUNT', round.board, '[' .. best, through(worst))
end

local function countTo(round, place)
  return redis.call('ZLEXCOUNT', round.board, '-', through(place))
end

-- How many members come up to and with (place, member), whether it is still there or not.
local function countThrough(round, place, member)
  return redis.call('ZLEXCOUNT', round.board, '-', '[' .. place .. member)
end
