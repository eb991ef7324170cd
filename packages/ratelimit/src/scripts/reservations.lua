-- Units reserved and not settled yet; what nobody settles in time is given back under the policy that it was charged by.
-- State: a sorted set of '<token>:<rule>:<its three parameters>/<units>/<receipt>', scored by the end of the reservation in
--        microseconds. A former member names no rule: it is given back under the policy of the call.
-- KEYS     the caller's; `key` is one of them, and `state`, which holds what was charged
-- ARGV     the caller's; `own` are the words of the call's policy
-- Returns  nothing; so many are given back in one call: few of the log, which has to be written anew for each
local function expireReservations(key, state, now, own)
  local most = string.find(own, 'slidingWindowLog', 1, true) == 1 and 20 or 500
  -- Beyond all that can be booked: looking under another policy than the last call's must forget nothing.
  local horizon = 10000000000000
  local expired = redis.call('ZRANGEBYSCORE', key, '-inf', string.format('%.0f', now), 'LIMIT', 0, most)
  local opened, meter = '', nil
  for _, member in ipairs(expired) do
    local words, units, receipt = string.match(member, '^[^/:]+:?([^/]*)/(%d+)/(.*)$')
    if words == '' then words = own end
    if words ~= opened then
      local word = string.gmatch(words, '[^: ]+')
      local rule = rules[word()]
      opened, meter = words, nil
      -- Of another algorithm is what a limiter of this name enforced before: its state is elsewhere, and recovers by itself.
      if rule then meter = rule(state, now, tonumber(word()), tonumber(word()), tonumber(word()), horizon) end
    end
    if meter then meter.refund(receipt, tonumber(units)) end
  end
  if #expired > 0 then redis.call('ZREM', key, unpack(expired)) end
end
