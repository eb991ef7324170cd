-- Shared by the scripts of this package: boards on which a member's place is one exact number, its score in the sorted set;
-- smaller is better (see order/packed-layout). `tie`: so many places in a row are one result.
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing; it defines local functions
local function placeOf(round, member)
  local score = redis.call('ZSCORE', round.board, member)
  return score and tonumber(score)
end

local function placesOf(round, members)
  return redis.call('ZMSCORE', round.board, unpack(members))
end

local placeText, rawPlace = exact, exact
local takePlace = take

-- A place that was taken, and has to be computed with.
local function placeFrom(text)
  return tonumber(text)
end

local function put(round, member, _, place)
  redis.call('ZADD', round.board, exact(place), member)
end

local function erase(round, member)
  redis.call('ZREM', round.board, member)
end

local function indexOf(round, member)
  return redis.call('ZRANK', round.board, member)
end

-- Rows for the reader, the places of the first and the last, the members.
local function rowsOf(round, start, count)
  local rows = redis.call('ZRANGE', round.board, start, start + count - 1, 'WITHSCORES')
  local members = {}
  for i = 1, #rows, 2 do members[#members + 1] = rows[i] end
  return rows, tonumber(rows[2]), tonumber(rows[#rows]), members
end

local function firstEqual(round, place)
  return place - math.fmod(place, round.tie)
end

-- Members better than the equals of a place; those up to and with its equals; its equals.
local function aheadOf(round, place)
  return redis.call('ZCOUNT', round.board, '-inf', '(' .. exact(firstEqual(round, place)))
end

local function upTo(round, place)
  return redis.call('ZCOUNT', round.board, '-inf', exact(firstEqual(round, place) + round.tie - 1))
end

local function equalsOf(round, place)
  local first = firstEqual(round, place)
  return redis.call('ZCOUNT', round.board, exact(first), exact(first + round.tie - 1))
end

-- A result among the distinct ones: its score there, its name.
local function resultOf(round, place)
  local name = exact(firstEqual(round, place) / round.tie)
  return name, name
end

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

-- Digits: `limits` are the radices of the columns.
local takeDigit = function() return tonumber(take()) end

local function digitsOf(_, place, limits)
  local digits = {}
  for i = #limits, 1, -1 do
    digits[i] = math.fmod(place, limits[i])
    place = (place - digits[i]) / limits[i]
  end
  return digits
end

local function joined(digits, limits)
  local place = 0
  for i = 1, #limits do place = place * limits[i] + digits[i] end
  return place
end

local function isBetter(digit, other)
  return digit < other
end

-- Nil when that leaves the column.
local function within(digit, limit)
  if digit < 0 or digit >= limit then return nil end
  return digit
end

local function changed(digit, change, limit)
  return within(digit + change, limit)
end

-- So many ticks since the epoch, saturating at both ends; counted from the other end where the latest comes first.
local function digitOfTicks(ticks, limit, latestFirst)
  local digit = math.max(0, math.min(limit - 1, ticks))
  if latestFirst then return limit - 1 - digit end
  return digit
end
