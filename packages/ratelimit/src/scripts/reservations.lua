-- Units reserved and not settled yet; what nobody settles in time is given back.
-- State: a sorted set of '<token>/<units>/<receipt>', scored by the end of the reservation in microseconds.
-- KEYS     the caller's; `key` is one of them
-- ARGV     the caller's
-- Returns  nothing; so many are given back in one call: few of the log, which has to be written anew for each
local function expireReservations(key, now, refund, name)
  local most = name == 'slidingWindowLog' and 20 or 500
  local expired = redis.call('ZRANGEBYSCORE', key, '-inf', string.format('%.0f', now), 'LIMIT', 0, most)
  for _, member in ipairs(expired) do
    local units, receipt = string.match(member, '^[^/]+/(%d+)/(.*)$')
    refund(receipt, tonumber(units))
  end
  if #expired > 0 then redis.call('ZREM', key, unpack(expired)) end
end
