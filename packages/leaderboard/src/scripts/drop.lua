-- Shared by the scripts of this package: the one way a member leaves a board.
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
  local place = placeOf(round, member)
  if not place then return false end
  erase(round, member, place)
  if round.groups then dropResult(round, place) end
  return true
end
