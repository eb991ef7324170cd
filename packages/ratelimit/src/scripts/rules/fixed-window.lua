-- Rule: fixed window aligned to the epoch, as in rules/fixed-window.ts.
-- State: 'start count': the window in microseconds and its units; units beyond the limit are booked in the windows after it.
-- KEYS     the caller's; `key` is one of them
-- ARGV     the caller's
-- Returns  a meter: remaining(), wait(cost), reset(), queued, charge(cost), refund(receipt, units); times in microseconds;
--          used() units, beyond the capacity too, and how far ahead they stand where charge(cost, wait) takes that
local function fixedWindow(key, now, limit, window, _, horizon)
  local start = math.floor(now / window) * window
  local count = 0
  local function carried(text)
    local from, units = string.match(text, '^(%d+) (%d+)$')
    from, units = tonumber(from), tonumber(units)
    if from < start then units = units - (start - from) / window * limit end
    return units, from
  end
  local function reset()
    if count == 0 then return 0 end
    return start + math.ceil(count / limit) * window - now
  end
  local function keep()
    if count == 0 then
      redis.call('DEL', key)
      return ''
    end
    local text = string.format('%.0f %.0f', start, count)
    redis.call('SET', key, text, 'PX', math.ceil(reset() / 1000))
    return text
  end
  local function ahead(cost)
    local windows = math.floor(count / limit)
    if count % limit + math.min(cost, limit) > limit then windows = windows + 1 end
    return windows
  end

  local stored = redis.call('GET', key)
  if stored then
    local units, from = carried(stored)
    count = math.max(0, units)
    -- The clock stepped back: what counted counts in this window.
    if from > start then keep() end
  end
  return {
    queued = 0,
    used = function() return count, 0 end,
    remaining = function() return math.max(0, limit - count) end,
    reset = reset,
    wait = function(cost)
      if cost > limit then return -1 end
      local windows = ahead(cost)
      if windows == 0 then return 0 end
      return start + windows * window - now
    end,
    charge = function(cost)
      local most = limit * (2 + math.floor(horizon / window))
      count = math.min(most, math.max(count, ahead(cost) * limit) + cost)
      return keep()
    end,
    refund = function(receipt, units)
      local position = carried(receipt)
      if position < 1 or (count > limit and position ~= count) then return 0 end
      local back = math.min(units, count)
      if back == 0 then return 0 end
      count = count - back
      keep()
      return back
    end,
  }
end
