-- Rule: generic cell rate algorithm, as in rules/gcra.ts. Also the leaky bucket's meter.
-- State: the theoretical arrival time in nanoseconds as one integer of 19 digits (so Redis stores it in 8 bytes).
-- KEYS     the caller's; `key` is one of them
-- ARGV     the caller's
-- Returns  a meter: remaining(), wait(cost), reset(), queued, charge(cost), refund(receipt, units); times in microseconds;
--          used() units, beyond the capacity too, and how far ahead they stand where charge(cost, wait) takes that
local function gcra(key, now, interval, capacity, _, horizon)
  local most = capacity + horizon * 1000
  local ahead = 0
  local function distance(position)
    return (tonumber(string.sub(position, 1, -4)) - now) * 1000 + tonumber(string.sub(position, -3))
  end
  local function keep()
    if ahead == 0 then
      redis.call('DEL', key)
      return ''
    end
    local text = string.format('%.0f%03d', now + math.floor(ahead / 1000), ahead % 1000)
    redis.call('SET', key, text, 'PX', math.ceil(ahead / 1000000))
    return text
  end

  local stored = redis.call('GET', key)
  if stored then
    ahead = math.max(0, distance(stored))
    -- More can stand there after the clock stepped back or the policy shrank: it counts as full, and recovers from now.
    if ahead > most then
      ahead = most
      keep()
    end
  end
  return {
    queued = math.ceil(ahead / 1000),
    used = function() return math.ceil(ahead / interval), 0 end,
    remaining = function() return math.max(0, math.floor((capacity - ahead) / interval)) end,
    reset = function() return math.ceil(ahead / 1000) end,
    wait = function(cost)
      local need = cost * interval
      if need > capacity then return -1 end
      return math.max(0, math.ceil((ahead + need - capacity) / 1000))
    end,
    charge = function(cost)
      ahead = math.min(most, ahead + cost * interval)
      return keep()
    end,
    refund = function(receipt, units)
      local position = distance(receipt)
      if ahead > capacity and position ~= ahead then return 0 end
      local back = math.max(0, math.min(units * interval, position, ahead))
      if back == 0 then return 0 end
      ahead = ahead - back
      keep()
      return math.floor(back / interval)
    end,
  }
end
