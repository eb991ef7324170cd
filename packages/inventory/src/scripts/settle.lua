-- Ends a reservation: confirmed (sold) or released (free again). The first end stands.
-- KEYS     see stock.lua
-- ARGV[4]  the reservation's id
-- ARGV[5]  c: confirm; r: release
-- Returns  { 'done' } | { 'over', how it had ended } | { 'unknown' }
if foreign then return foreign end
takeBack()
if liveUntil(ARGV[4]) then
  endHold(ARGV[4], ARGV[5])
  return answer('done')
end
local over = endOf(ARGV[4])
if over then return answer('over', over) end
return answer('unknown')
