-- Counts a failure of an entry that its owner keeps, to try it again itself: as a further delivery.
-- KEYS[1]  the log
-- KEYS[2]  the failures of the group
-- ARGV[1]  group
-- ARGV[2]  consumer
-- ARGV[3]  id
-- ARGV[4]  number of the delivery that failed
-- Returns  1 counted, 0 not pending any more, -1 somebody else has it, 2 the payload is gone and it was acknowledged
local id = ARGV[3]
local status = owned(id, ARGV[4])
if status ~= 1 then return status end
if not hand(id, ARGV[2], tonumber(ARGV[4]) + 1, KEYS[2]) then return 2 end
countFailure(KEYS[2], id, nowMs())
return 1
