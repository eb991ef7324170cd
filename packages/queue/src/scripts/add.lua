-- Adds jobs; one whose id is there already is left as it is.
-- KEYS     see queue.lua
-- ARGV[4]  a delay of all of them, ms
-- then     per job: id, priority, payload
-- Returns  per job 1 when it is new, 0 when its id was there
if foreign then return foreign end
local delayMs = tonumber(ARGV[4])
local wasEmpty, added = isEmpty(), {}
local earliest = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')[2]
for i = 5, #ARGV, 3 do
  local id, priority, payload = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local arrival = micros + #added
  local fresh = redis.call('HSETNX', KEYS[5], id, string.format('%s:%.0f:', priority, arrival) .. payload)
  added[#added + 1] = fresh
  if fresh == 1 then
    if delayMs > 0 then
      redis.call('ZADD', KEYS[3], now + delayMs, id)
    else
      ready(id, tonumber(priority), arrival, false)
    end
  end
end
if delayMs > 0 then
  if not earliest or now + delayMs < tonumber(earliest) then wake() end
elseif wasEmpty then
  wake()
end
return added
