-- Shared by the scripts of this package: boards on which a member's place is text, the digits of its columns in big-endian
-- bytes; smaller is better. All scores are 0, the members of the sorted set are place and member, and a hash knows the place
-- of each member (see order/lexicographic-layout). No number is computed with, so nothing can be inexact.
-- `tie`: so many leading bytes are the result.
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing; it defines local functions
local function placeOf(round, member)
  return redis.call('HGET', round.index, member)
end

local function placesOf(round, members)
  return redis.call('HMGET', round.index, unpack(members))
end

local takePlace = take
local placeText = hexOf
local function rawPlace(place)
  return place
end

local function placeFrom(text)
  return text
end

local function put(round, member, old, place)
  if old then redis.call('ZREM', round.board, old .. member) end
  redis.call('ZADD', round.board, 0, place .. member)
  redis.call('HSET', round.index, member, place)
end

local function erase(round, member, place)
  redis.call('ZREM', round.board, place .. member)
  redis.call('HDEL', round.index, member)
end

local function indexOf(round, member)
  local place = placeOf(round, member)
  return place and redis.call('ZRANK', round.board, place .. member)
end

-- Rows for the reader, the places of the first and the last, the members.
local function rowsOf(round, start, count)
  local rows = redis.call('ZRANGE', round.board, start, start + count - 1)
  local members = {}
  for i, row in ipairs(rows) do members[i] = string.sub(row, round.width + 1) end
  if #rows == 0 then return rows, nil, nil, members end
  return rows, string.sub(rows[1], 1, round.width), string.sub(rows[#rows], 1, round.width), members
end

-- As the end of a range: just before whatever comes behind all that begins so.
local function through(prefix)
  for i = #prefix, 1, -1 do
    local byte = string.byte(prefix, i)
    if byte < 255 then return '(' .. string.sub(prefix, 1, i - 1) .. string.char(byte + 1) end
  end
  return '+'
end

-- Members better than the equals of a place; those up to and with its equals; its equals.
local function aheadOf(round, place)
  return redis.call('ZLEXCOUNT', round.board, '-', '(' .. string.sub(place, 1, round.tie))
end

local function upTo(round, place)
  return redis.call('ZLEXCOUNT', round.board, '-', through(string.sub(place, 1, round.tie)))
end

local function equalsOf(round, place)
  local result = string.sub(place, 1, round.tie)
  return redis.call('ZLEXCOUNT', round.board, '[' .. result, through(result))
end

-- A result among the distinct ones: its score there, its name.
local function resultOf(round, place)
  return 0, string.sub(place, 1, round.tie)
end

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

-- Digits: `limits` are the largest digits of the columns.
local takeDigit = take

local function digitsOf(_, place, limits)
  local digits = {}
  local from = 1
  for i, limit in ipairs(limits) do
    digits[i] = string.sub(place, from, from + #limit - 1)
    from = from + #limit
  end
  return digits
end

local function joined(digits)
  return table.concat(digits)
end

-- Bytes, one by one: `<` on strings follows the server's locale.
local function isBetter(digit, other)
  for i = 1, #digit do
    local a, b = string.byte(digit, i), string.byte(other, i)
    if a ~= b then return a < b end
  end
  return false
end

-- Nil when that leaves the column. An empty digit was out of bounds from the start.
local function within(digit, limit)
  if digit == '' or isBetter(limit, digit) then return nil end
  return digit
end

-- A change is its sign and its bytes; a sign alone is wider than the column. Added byte by byte with a carry.
local function changed(digit, change, limit)
  if #change ~= #digit + 1 then return nil end
  local sign = string.sub(change, 1, 1) == '-' and -1 or 1
  local carry = 0
  local bytes = {}
  for i = #digit, 1, -1 do
    local sum = string.byte(digit, i) + sign * string.byte(change, i + 1) + carry
    carry = math.floor(sum / 256)
    bytes[i] = string.char(sum - 256 * carry)
  end
  if carry ~= 0 then return nil end
  return within(table.concat(bytes), limit)
end

-- So many ticks since the epoch, saturating at both ends; counted from the other end where the latest comes first.
local function digitOfTicks(ticks, limit, latestFirst)
  local largest = 0
  for i = 1, #limit do largest = largest * 256 + string.byte(limit, i) end
  local digit = math.max(0, math.min(largest, ticks))
  if latestFirst then digit = largest - digit end
  local bytes = {}
  for i = #limit, 1, -1 do
    bytes[i] = string.char(math.fmod(digit, 256))
    digit = math.floor(digit / 256)
  end
  return table.concat(bytes)
end
