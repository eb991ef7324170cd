-- Rule: token bucket filled in whole steps, as in rules/token-bucket.ts.
-- State: 'at missing': when tokens last fell in microseconds, and how many are missing; above capacity they are booked.
-- KEYS     the caller's; `key` is one of them
-- ARGV     the caller's
-- Returns  a meter: remaining(), wait(cost), reset(), queued, charge(cost), refund(receipt, units); times in microseconds;
--          used() units, beyond the capacity too, and how far ahead they stand where charge(cost, wait) takes that
local function tokenBucket(key, now, limit, window, capacity, horizon)
  local at, missing = now, 0
  local function fallen(tokens)
    return at + math.ceil(tokens / limit) * window - now
  end
  local function keep()
    if missing == 0 then
      redis.call('DEL', key)
      return ''
    end
    local text = string.format('%.0f %.0f', at, missing)
    redis.call('SET', key, text, 'PX', math.ceil(fallen(missing) / 1000))
    return text
  end

  local stored = redis.call('GET', key)
  if stored then
    local from, tokens = string.match(stored, '^(%d+) (%d+)$')
    from = tonumber(from)
    at = math.min(from, now)
    local steps = math.floor((now - at) / window)
    missing = tonumber(tokens) - steps * limit
    if missing > 0 then
      at = at + steps * window
    else
      at, missing = now, 0
    end
    -- The clock stepped back: tokens fall from now.
    if from > now then keep() end
  end
  return {
    queued = 0,
    used = function() return missing, 0 end,
    remaining = function() return math.max(0, capacity - missing) end,
    reset = function()
      if missing == 0 then return 0 end
      return fallen(missing)
    end,
    wait = function(cost)
      if cost > capacity then return -1 end
      local over = missing + cost - capacity
      if over <= 0 then return 0 end
      return fallen(over)
    end,
    charge = function(cost)
      local most = capacity + limit * (1 + math.ceil(horizon / window))
      missing = math.min(most, missing + cost)
      return keep()
    end,
    refund = function(receipt, units)
      local from, tokens = string.match(receipt, '^(%d+) (%d+)$')
      local position = tonumber(tokens) - math.floor(math.max(0, now - tonumber(from)) / window) * limit
      if missing > capacity and position ~= missing then return 0 end
      local back = math.max(0, math.min(units, position, missing))
      if back == 0 then return 0 end
      missing = missing - back
      keep()
      return back
    end,
  }
end
