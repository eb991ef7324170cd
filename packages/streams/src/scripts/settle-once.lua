-- Runs effects, remembers that they were done, and acknowledges the entry: all of it or, when it is not ours, nothing.
-- KEYS[1]  the log
-- KEYS[2]  the failures of the group
-- KEYS[3]  the marker of this message in this group
-- KEYS[4…] the keys the effects touch
-- ARGV[1]  group
-- ARGV[2]  consumer
-- ARGV[3]  id
-- ARGV[4]  number of the delivery
-- ARGV[5]  how long the marker lives, in ms
-- ARGV[6]  delete what every group is done with: '' no, else by the server or by this script
-- ARGV[7…] per effect: how many words, those
-- Returns  1 done, 3 done before and acknowledged now, 0 not pending any more, -1 somebody else has it
local before = redis.call('EXISTS', KEYS[3]) == 1
local status = owned(ARGV[3], ARGV[4])
-- An earlier try of this very call may have done it, and its reply be lost.
if status == 0 and before then return 3 end
if status ~= 1 then return status end
if not before then
  runEffects(7)
  redis.call('SET', KEYS[3], '1', 'PX', ARGV[5])
end
finish(ARGV[6], { ARGV[3] })
redis.call('HDEL', KEYS[2], ARGV[3])
return before and 3 or 1
