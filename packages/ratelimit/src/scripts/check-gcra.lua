-- Decides for one plain GCRA limit: the default, and the shortest way. The rule is that of rules/gcra.lua.
-- KEYS[1]  the state of one identifier under one policy
-- ARGV[1]  1: charge when allowed; 0: only look
-- ARGV[2]  interval: nanoseconds one unit of cost occupies
-- ARGV[3]  capacity: nanoseconds that may be booked ahead (burst * interval)
-- ARGV[4]  cost in units
-- Returns  as check.lua for one limit: 1 room or 0 none; remaining; retry after ms (-1 never); reset ms; 0; receipt
local interval, capacity = tonumber(ARGV[2]), tonumber(ARGV[3])
local need = ARGV[4] * interval
local now = nowMicros()
local ahead = aheadOf(KEYS[1], now, capacity)
local over = ahead + need - capacity
if over > 0 then
  local retry = need > capacity and -1 or math.ceil(over / 1000000)
  return { 0, math.floor((capacity - ahead) / interval), retry, math.ceil(ahead / 1000000), 0, '' }
end
local receipt = ''
if ARGV[1] == '1' then
  ahead = ahead + need
  receipt = keepAhead(KEYS[1], now, ahead)
end
return { 1, math.floor((capacity - ahead) / interval), 0, math.ceil(ahead / 1000000), 0, receipt }
