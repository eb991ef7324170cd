-- Rule: sliding window of remembered charges, as in rules/sliding-window-log.ts.
-- State: a list of 'at cost sum turn' in the order of time; sums run on, so any span is a difference of two of them.
-- KEYS     the caller's; `key` is one of them
-- ARGV     the caller's
-- Returns  a meter: remaining(), wait(cost), reset(), queued, charge(cost, wait), refund(receipt, units); microseconds;
--          used() units up to the last place that is booked, and how far ahead that is
local function slidingWindowLog(key, now, limit, window, _, horizon)
  local function entry(index)
    local text = redis.call('LINDEX', key, index)
    if not text then return nil end
    local at, cost, sum, turn = string.match(text, '^(%d+) (%d+) (%d+) (%d+)$')
    return { at = tonumber(at), cost = tonumber(cost), sum = tonumber(sum), turn = tonumber(turn) }
  end
  local function text(one)
    return string.format('%.0f %.0f %.0f %.0f', one.at, one.cost, one.sum, one.turn)
  end
  local length = redis.call('LLEN', key)
  -- The first place where a condition holds that holds from some place on; the length where it never does.
  local function firstOf(holds)
    local low, high = 0, length
    while low < high do
      local middle = math.floor((low + high) / 2)
      if holds(entry(middle)) then high = middle else low = middle + 1 end
    end
    return low
  end
  local function keepUntil(at)
    redis.call('PEXPIRE', key, math.ceil((at + window - now) / 1000))
  end

  local last = entry(-1)
  local from, first, base, used = now, 0, 0, 0
  if last then
    from = math.max(now, last.at)
    first = firstOf(function(one) return one.at > from - window end)
    if first < length then
      local oldest = entry(first)
      base = oldest.sum - oldest.cost
      used = last.sum - base
    end
    if last.at > now + horizon then
      -- The clock stepped back: everything that counted counts from now.
      last = { at = now, cost = used, sum = used, turn = last.turn }
      redis.call('DEL', key)
      redis.call('RPUSH', key, text(last))
      keepUntil(now)
      from, first, base, length = now, 0, 0, 1
    end
  end
  return {
    queued = 0,
    used = function() return used, from - now end,
    remaining = function()
      if from > now then return 0 end
      return math.max(0, limit - used)
    end,
    reset = function()
      if used == 0 then return 0 end
      return last.at + window - now
    end,
    wait = function(cost)
      if cost > limit then return -1 end
      local over = used + cost - limit
      if over <= 0 then return from - now end
      return entry(firstOf(function(one) return one.sum - base >= over end)).at + window - now
    end,
    charge = function(cost, wait)
      local units = math.min(cost, 2 * limit - used)
      local turn, sum = 0, 0
      if last then turn, sum = last.turn, last.sum end
      last = { at = math.max(now + wait, from), cost = units, sum = sum + units, turn = turn + 1 }
      if first > 0 then redis.call('LTRIM', key, first, -1) end
      redis.call('RPUSH', key, text(last))
      keepUntil(last.at)
      length, first, used, from = length - first + 1, 0, used + units, math.max(now, last.at)
      return string.format('%.0f %.0f', last.at, last.turn)
    end,
    refund = function(receipt, units)
      local at, turn = string.match(receipt, '^(%d+) (%d+)$')
      at, turn = tonumber(at), tonumber(turn)
      local place = firstOf(function(one) return one.turn >= turn end)
      local found = entry(place)
      if not found or found.turn ~= turn or found.at ~= at or place < first then return 0 end
      if from > now and place ~= length - 1 then return 0 end
      local back = math.min(units, found.cost)
      if back == 0 then return 0 end
      found.cost = found.cost - back
      for index = place, length - 1 do
        local one = index == place and found or entry(index)
        one.sum = one.sum - back
        redis.call('LSET', key, index, text(one))
      end
      if place == length - 1 and found.cost == 0 then
        redis.call('RPOP', key)
        length = length - 1
      end
      -- More may be asked of this meter: what it knows is what stands there now.
      last, used = entry(-1), used - back
      from = math.max(now, last and last.at or now)
      return back
    end,
  }
end
