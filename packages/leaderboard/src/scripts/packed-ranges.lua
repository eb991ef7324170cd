-- Shared by the scripts of this package: counts of ranges of a packed board (see packed.lua).
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing; it defines local functions
local function countBefore(round, place)
  return redis.call('ZCOUNT', round.board, '-inf', '(' .. place)
end

local function countWithin(round, best, worst)
  return redis.call('ZCOUNT', round.board, best, worst)
end

local function countTo(round, place)
  return redis.call('ZCOUNT', round.board, '-inf', place)
end

-- Bytes, one by one: `<` on strings follows the server's locale.
local function comesAfter(left, right)
  for i = 1, math.min(#left, #right) do
    local a, b = string.byte(left, i), string.byte(right, i)
    if a ~= b then return a > b end
  end
  return #left > #right
end

-- How many members come up to and with (place, member), whether it is still there or not.
local function countThrough(round, place, member)
  local low = countBefore(round, place)
  local high = countTo(round, place)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if comesAfter(redis.call('ZRANGE', round.board, middle, middle)[1], member) then high = middle
    else low = middle + 1 end
  end
  return low
end
