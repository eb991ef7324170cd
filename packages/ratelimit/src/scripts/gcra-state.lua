-- The state of a plain GCRA limit, read and written without a meter: what both short ways share. As in rules/gcra.lua.
-- KEYS     the caller's; `key` is one of them
-- ARGV     the caller's
-- Returns  aheadOf: the nanoseconds booked ahead of now; keepAhead: the arrival time that it wrote down
local function keepAhead(key, now, ahead)
  local micros = math.floor(ahead / 1000)
  local arrival = string.format('%.0f%03d', now + micros, ahead - micros * 1000)
  redis.call('SET', key, arrival, 'PX', math.ceil(ahead / 1000000))
  return arrival
end

local function aheadOf(key, now, capacity)
  local stored = redis.call('GET', key)
  if not stored then return 0 end
  local ahead = (string.sub(stored, 1, -4) - now) * 1000 + string.sub(stored, -3)
  if ahead <= 0 then return 0 end
  if ahead <= capacity then return ahead end
  -- More can stand there after the clock stepped back or the policy shrank: it counts as full, and recovers from now.
  keepAhead(key, now, capacity)
  return capacity
end
