-- Generic cell rate algorithm: one decision, and the charge when it is allowed.
-- State: the theoretical arrival time in nanoseconds as one integer of 19 digits (so Redis stores it in 8 bytes).
-- KEYS[1]  the state of one identifier under one policy
-- ARGV[1]  interval: nanoseconds one unit of cost occupies
-- ARGV[2]  capacity: nanoseconds that may be booked ahead (burst * interval)
-- ARGV[3]  cost in units
-- ARGV[4]  1: charge when allowed; 0: only look
-- Returns  { allowed 0|1, remaining units, retry after ms (-1: never), reset after ms }
local interval = tonumber(ARGV[1])
local capacity = tonumber(ARGV[2])
local need = tonumber(ARGV[3]) * interval
local now = nowMicros()

local ahead = 0
local stored = redis.call('GET', KEYS[1])
if stored then
  ahead = (tonumber(string.sub(stored, 1, -4)) - now) * 1000 + tonumber(string.sub(stored, -3))
  if ahead < 0 then ahead = 0 end
  -- More than capacity can stand there after the clock stepped back or the policy shrank: it counts as full.
  if ahead > capacity then ahead = capacity end
end

local booked = ahead + need
if booked > capacity then
  local retry = -1
  if need <= capacity then retry = math.ceil((booked - capacity) / 1000000) end
  return { 0, math.floor((capacity - ahead) / interval), retry, math.ceil(ahead / 1000000) }
end
if ARGV[4] == '1' then
  local arrival = string.format('%.0f%03d', now + math.floor(booked / 1000), booked % 1000)
  redis.call('SET', KEYS[1], arrival, 'PX', math.ceil(booked / 1000000))
  ahead = booked
end
return { 1, math.floor((capacity - ahead) / interval), 0, math.ceil(ahead / 1000000) }
