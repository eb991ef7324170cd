-- Shared by the scripts of this package: the one way a member leaves a board, and how it moves on it.
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing; it defines local functions
-- A result that nobody has any more leaves the distinct results.
local function dropResult(round, place)
  if equalsOf(round, place) == 0 then
    local _, name = resultOf(round, place)
    redis.call('ZREM', round.groups, name)
  end
end

-- Moves a member on the board and among the distinct results.
local function move(round, member, old, new)
  put(round, member, old, new)
  if round.groups then
    redis.call('ZADD', round.groups, resultOf(round, new))
    if old then dropResult(round, old) end
  end
end

-- The fields of a member in the buckets that may not have lapsed yet.
local function fieldsOf(round, member, now)
  local fields = {}
  local window = round.window
  for bucket = math.floor((now - window.length) / window.bucket), math.floor(now / window.bucket) do
    fields[#fields + 1] = exact(bucket) .. ':' .. member
  end
  return fields
end

-- True when the member was there.
local function drop(round, member, now)
  if round.window then
    local fields = fieldsOf(round, member, now)
    redis.call('HDEL', round.parts, unpack(fields))
    redis.call('ZREM', round.lapses, unpack(fields))
  end
  if round.meta then redis.call('HDEL', round.meta, member) end
  if round.history then redis.call('HDEL', round.history, member) end
  local place = placeOf(round, member)
  if not place then return false end
  erase(round, member, place)
  if round.groups then dropResult(round, place) end
  return true
end
