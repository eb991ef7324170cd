-- Lets a hold end later than it would; never earlier, and never one that is over.
-- KEYS     see stock.lua
-- ARGV[4]  the reservation's id
-- ARGV[5]  from now on held for at least so long, ms
-- Returns  { 'held', ms left } | { 'over', how it ended } | { 'waiting' } | { 'unknown' }
if foreign then return foreign end
takeBack()
local untilMs = liveUntil(ARGV[4])
if untilMs then
  local later = math.max(untilMs, now + ARGV[5])
  redis.call('ZADD', KEYS[3], later, ARGV[4])
  return answer('held', whole(later - now))
end
if liveWait(ARGV[4]) then return answer('waiting') end
local over = endOf(ARGV[4])
if over then return answer('over', over) end
return answer('unknown')
