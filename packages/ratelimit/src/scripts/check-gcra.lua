-- Decides for one plain GCRA limit: the default, and the shortest way. The rule is that of rules/gcra.lua.
-- KEYS[1]  the state of one identifier under one policy
-- ARGV[1]  interval: nanoseconds one unit of cost occupies
-- ARGV[2]  capacity: nanoseconds that may be booked ahead (burst * interval)
-- ARGV[3]  cost in units
-- ARGV[4]  1: charge when allowed; 0: only look
-- Returns  as check.lua for one limit: 1 room or 0 none; remaining; retry after ms (-1 never); reset ms; 0; receipt
local interval = tonumber(ARGV[1])
local capacity = tonumber(ARGV[2])
local need = tonumber(ARGV[3]) * interval
local now = nowMicros()
local ahead = 0
local stored = redis.call('GET', KEYS[1])
local function keep()
  local arrival = string.format('%.0f%03d', now + math.floor(ahead / 1000), ahead % 1000)
  redis.call('SET', KEYS[1], arrival, 'PX', math.ceil(ahead / 1000000))
  return arrival
end
if stored then
  ahead = (tonumber(string.sub(stored, 1, -4)) - now) * 1000 + tonumber(string.sub(stored, -3))
  if ahead < 0 then ahead = 0 end
  -- More can stand there after the clock stepped back or the policy shrank: it counts as full, and recovers from now.
  if ahead > capacity then
    ahead = capacity
    keep()
  end
end

local booked = ahead + need
if booked > capacity then
  local retry = -1
  if need <= capacity then retry = math.ceil((booked - capacity) / 1000000) end
  return { 0, math.floor((capacity - ahead) / interval), retry, math.ceil(ahead / 1000000), 0, '' }
end
local receipt = ''
if ARGV[4] == '1' then
  ahead = booked
  receipt = keep()
end
return { 1, math.floor((capacity - ahead) / interval), 0, math.ceil(ahead / 1000000), 0, receipt }
