-- Shared by the scripts of this package: boards of the last hours or days. What a member scored is kept by bucket of time,
-- as `<time of the last>,<place>` (best) or `<time of the last>,<change of each digit>` (sums); what stands on the board is
-- what the buckets say that have not lapsed. A bucket lapses a window after the last score in it. Packed boards only.
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing; it defines local functions
local function bucketField(round, member, instant)
  return exact(math.floor(instant / round.window.bucket)) .. ':' .. member
end

-- What the member has in the buckets that have not lapsed, by field.
local function partsOf(round, member, now)
  local fields = fieldsOf(round, member, now)
  local parts = {}
  for i, text in ipairs(redis.call('HMGET', round.parts, unpack(fields))) do
    if text then
      local part = {}
      for number in string.gmatch(text, '[^,]+') do part[#part + 1] = tonumber(number) end
      if part[1] + round.window.length > now then parts[fields[i]] = part end
    end
  end
  return parts
end

-- The place that parts give, nil for none; then the digits of their sums. A sum out of bounds, as it is when what made up for it
-- has lapsed, is shown as the bound.
local function foldOf(round, parts)
  local window = round.window
  local latest, best = nil, nil
  local sums, digits = {}, {}
  for i = 1, #window.zeros do sums[i] = 0 end
  for _, part in pairs(parts) do
    latest = math.max(latest or 0, part[1])
    if window.sum then
      for i = 1, #sums do sums[i] = sums[i] + part[i + 1] end
    else best = math.min(best or part[2], part[2]) end
  end
  if not latest or not window.sum then return best, nil end
  for i, limit in ipairs(window.limits) do
    sums[i] = window.zeros[i] + sums[i]
    if window.units[i] > 0 then
      digits[i] = digitOfTicks(math.floor((latest - window.epoch) / window.units[i]), limit, window.latestFirst[i])
    else
      digits[i] = math.max(0, math.min(limit - 1, sums[i]))
    end
  end
  return joined(digits, window.limits), sums
end

-- Takes off what has lapsed, at most so many buckets of members. True when there may be more.
local function lapse(round, now, most)
  local due = redis.call('ZRANGEBYSCORE', round.lapses, '-inf', exact(now), 'LIMIT', 0, most)
  for _, field in ipairs(due) do
    redis.call('ZREM', round.lapses, field)
    redis.call('HDEL', round.parts, field)
    local member = string.match(field, '^%-?%d+:(.*)$')
    local old = placeOf(round, member)
    if old then
      local new = foldOf(round, partsOf(round, member, now))
      if not new then drop(round, member, now)
      elseif new ~= old then move(round, member, old, new) end
    end
  end
  return #due == most
end
