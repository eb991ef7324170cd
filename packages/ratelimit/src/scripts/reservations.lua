-- Units reserved and not settled yet; what nobody settles in time is given back.
-- State: a sorted set of '<token>/<units>/<receipt>', scored by the end of the reservation in microseconds.
-- KEYS     the caller's; `key` is one of them
-- ARGV     the caller's
-- Returns  nothing; at most twenty are given back in one call
local function expireReservations(key, now, refund)
  local expired = redis.call('ZRANGEBYSCORE', key, '-inf', string.format('%.0f', now), 'LIMIT', 0, 20)
  for _, member in ipairs(expired) do
    local units, receipt = string.match(member, '^[^/]+/(%d+)/(.*)$')
    refund(receipt, tonumber(units))
    redis.call('ZREM', key, member)
  end
end
