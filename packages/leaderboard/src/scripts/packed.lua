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

-- Members better than the equals of a place; those up to and with its equals.
local function aheadOf(round, place)
  return redis.call('ZCOUNT', round.board, '-inf', '(' .. exact(firstEqual(round, place)))
end

local function upTo(round, place)
  return redis.call('ZCOUNT', round.board, '-inf', exact(firstEqual(round, place) + round.tie - 1))
end

-- A result among the distinct ones: its score there, its name.
local function resultOf(round, place)
  local name = exact(firstEqual(round, place) / round.tie)
  return name, name
end
