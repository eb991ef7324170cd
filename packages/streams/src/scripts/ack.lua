-- Acknowledges entries, each only while it is still this consumer's in this delivery; deletes those all are done with, if wanted.
-- KEYS[1]  the log
-- KEYS[2]  the failures of the group
-- ARGV[1]  group
-- ARGV[2]  consumer
-- ARGV[3]  delete what every group is done with: '' no, else by the server or by this script
-- ARGV[4]  lowest of the ids
-- ARGV[5]  highest of the ids
-- ARGV[6]  how many entries of this consumer may lie between
-- ARGV[7…] per entry: id, number of the delivery
-- Returns  per entry: 1 acknowledged, 0 not pending any more, -1 somebody else has it
local results, mine, retried = ownedAmong(4), {}, {}
for at, status in ipairs(results) do
  if status == 1 then
    local i = 5 + 2 * at
    mine[#mine + 1] = ARGV[i]
    if ARGV[i + 1] ~= '1' then retried[#retried + 1] = ARGV[i] end
  end
end
if #mine > 0 then finish(ARGV[3], mine) end
if #retried > 0 then redis.call('HDEL', KEYS[2], unpack(retried)) end
return results
