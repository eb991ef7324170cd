-- Ends a reservation: confirmed (sold) or released (free again); who waits leaves the line by it. The first end stands.
-- KEYS     see stock.lua
-- ARGV[4]  the reservation's id
-- ARGV[5]  c: confirm; r: release
-- Returns  { 'done' } | { 'over', how it had ended } | { 'waiting' } | { 'unknown' }
if foreign then return foreign end
takeBack()
local untilMs, text = liveUntil(ARGV[4])
if untilMs then
  endHold(ARGV[4], ARGV[5], text)
  return answer('done')
end
local want = liveWait(ARGV[4])
if want then
  if ARGV[5] == 'c' then return answer('waiting') end
  endWait(ARGV[4], want, 'r')
  handOver(itemsOf(want))
  return answer('done')
end
local over = endOf(ARGV[4])
if over then return answer('over', over) end
return answer('unknown')
