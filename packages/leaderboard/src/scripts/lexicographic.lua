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

-- Members better than the equals of a place; those up to and with its equals.
local function aheadOf(round, place)
  return redis.call('ZLEXCOUNT', round.board, '-', '(' .. string.sub(place, 1, round.tie))
end

local function upTo(round, place)
  return redis.call('ZLEXCOUNT', round.board, '-', through(string.sub(place, 1, round.tie)))
end

-- A result among the distinct ones: its score there, its name.
local function resultOf(round, place)
  return 0, string.sub(place, 1, round.tie)
end
