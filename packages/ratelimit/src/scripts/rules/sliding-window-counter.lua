-- Rule: sliding window from two counters, as in rules/sliding-window-counter.ts.
-- State: 'start previous current': the window in microseconds, the units of the window before it, and its own.
-- KEYS     the caller's; `key` is one of them
-- ARGV     the caller's
-- Returns  a meter: remaining(), wait(cost), reset(), queued, charge(cost), refund(receipt, units); times in microseconds;
--          used() units, beyond the capacity too, and how far ahead they stand where charge(cost, wait) takes that
local function slidingWindowCounter(key, now, limit, window)
  local start = math.floor(now / window) * window
  local elapsed = now - start
  local previous, current = 0, 0
  local function weight(units, at)
    return math.ceil(units * (window - at) / window)
  end
  local function earliest(units, room, from)
    if units == 0 or weight(units, from) <= room then return from end
    local at = math.max(from, math.ceil(window - room * window / units))
    -- Float division may be one off: the neighbours are tried.
    for _ = 1, 3 do
      if at > from and weight(units, at - 1) <= room then at = at - 1 end
    end
    for _ = 1, 3 do
      if weight(units, at) > room then at = at + 1 end
    end
    return at
  end
  local function reset()
    if current > 0 then return 2 * window - elapsed end
    if previous > 0 then return window - elapsed end
    return 0
  end
  local function keep()
    if previous == 0 and current == 0 then
      redis.call('DEL', key)
    else
      local text = string.format('%.0f %.0f %.0f', start, previous, current)
      redis.call('SET', key, text, 'PX', math.ceil(reset() / 1000))
    end
    return string.format('%.0f', start)
  end

  local stored = redis.call('GET', key)
  if stored then
    local from, before, own = string.match(stored, '^(%d+) (%d+) (%d+)$')
    from = tonumber(from)
    if from >= start then
      previous, current = tonumber(before), tonumber(own)
    elseif from == start - window then
      previous = tonumber(own)
    end
    -- The clock stepped back: what counted counts in this window.
    if from > start then keep() end
  end
  return {
    queued = 0,
    used = function() return weight(previous, elapsed) + current, 0 end,
    remaining = function() return math.max(0, limit - weight(previous, elapsed) - current) end,
    reset = reset,
    wait = function(cost)
      if cost > limit then return -1 end
      if current + cost <= limit then return earliest(previous, limit - cost - current, elapsed) - elapsed end
      return window - elapsed + earliest(current, limit - cost, 0)
    end,
    charge = function(cost)
      current = math.min(2 * limit, current + cost)
      return keep()
    end,
    refund = function(receipt, units)
      local from = tonumber(receipt)
      local back = 0
      if from == start then
        back = math.min(units, current)
        current = current - back
      elseif from == start - window then
        back = math.min(units, previous)
        previous = previous - back
      end
      if back > 0 then keep() end
      return back
    end,
  }
end
