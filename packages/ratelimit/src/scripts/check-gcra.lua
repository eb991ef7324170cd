-- Decides for one plain GCRA limit: the default, and the shortest way. The rule is that of rules/gcra.lua; units and
-- milliseconds are worked out by who asked (plain-gcra.ts).
-- KEYS[1]  the state of one identifier under one policy
-- ARGV[1]  1: charge when allowed; 0: only look
-- ARGV[2]  need: nanoseconds that the cost occupies (cost * interval)
-- ARGV[3]  capacity: nanoseconds that may be booked ahead (burst * interval)
-- Returns  { 1 room or 0 none, nanoseconds booked ahead of now, with what was charged; receipt, empty when nothing was }
local now, capacity = nowMicros(), tonumber(ARGV[3])
local ahead = aheadOf(KEYS[1], now, capacity)
local after = ahead + ARGV[2]
if after > capacity then return { 0, ahead, '' } end
if ARGV[1] == '0' then return { 1, ahead, '' } end
return { 1, after, keepAhead(KEYS[1], now, after) }
