-- Rule: units in use at the same time, as in rules/concurrency.ts.
-- State: a sorted set of '<token> <number>', one member a unit, scored by the end of its lease in microseconds.
-- KEYS     the caller's; `key` is one of them
-- ARGV     the caller's
-- Returns  a meter: remaining(), wait(cost), reset(), queued, charge(cost, wait, token), refund(token, units); microseconds
local function concurrency(key, now, limit, lease)
  local after = '(' .. string.format('%.0f', now)
  local used = redis.call('ZCOUNT', key, after, '+inf')
  local function keep()
    local last = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')[2]
    if last then redis.call('PEXPIRE', key, math.max(1, math.ceil((tonumber(last) - now) / 1000))) end
  end
  return {
    queued = 0,
    remaining = function() return math.max(0, limit - used) end,
    reset = function()
      if used == 0 then return 0 end
      return tonumber(redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')[2]) - now
    end,
    wait = function(cost)
      if cost > limit then return -1 end
      local over = used + cost - limit
      if over <= 0 then return 0 end
      local freeing = redis.call('ZRANGEBYSCORE', key, after, '+inf', 'WITHSCORES', 'LIMIT', over - 1, 1)
      return tonumber(freeing[2]) - now
    end,
    charge = function(cost, _, token)
      redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', now))
      local ends = string.format('%.0f', now + lease)
      for unit = 0, cost - 1 do
        redis.call('ZADD', key, ends, token .. ' ' .. unit)
      end
      used = used + cost
      keep()
      return token
    end,
    refund = function(token, units)
      local back = 0
      for unit = 0, limit - 1 do
        if back == units then break end
        local member = token .. ' ' .. unit
        local ends = redis.call('ZSCORE', key, member)
        if ends and tonumber(ends) > now then
          redis.call('ZREM', key, member)
          back = back + 1
        end
      end
      if back > 0 then keep() end
      return back
    end,
  }
end
