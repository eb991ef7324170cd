-- One reservation.
-- KEYS     see stock.lua
-- ARGV[4]  its id
-- Returns  { 'held', ms left, the hold } | { 'waiting', how many before, `<ms left>:<the hold>` } | { 'over', how it ended } | { 'unknown' }
if foreign then return foreign end
takeBack()
local untilMs, text = liveUntil(ARGV[4])
if untilMs then return answer('held', whole(untilMs - now), text) end
local want = liveWait(ARGV[4])
if want then return answer('waiting', aheadOf(ARGV[4], want), whole(want.untilMs - now) .. ':' .. want.text) end
local over = endOf(ARGV[4])
if over then return answer('over', over) end
return answer('unknown')
