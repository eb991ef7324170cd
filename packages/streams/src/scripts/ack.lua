-- Acknowledges entries, each only while it is still this consumer's in this delivery.
-- KEYS[1]  the log
-- KEYS[2]  the failures of the group
-- ARGV[1]  group
-- ARGV[2]  consumer
-- ARGV[3]  lowest of the ids
-- ARGV[4]  highest of the ids
-- ARGV[5]  how many entries of this consumer may lie between
-- ARGV[6…] per entry: id, number of the delivery
-- Returns  per entry: 1 acknowledged, 0 not pending any more, -1 somebody else has it
local results, mine, retried = ownedAmong(3), {}, {}
for at, status in ipairs(results) do
  if status == 1 then
    local i = 4 + 2 * at
    mine[#mine + 1] = ARGV[i]
    if ARGV[i + 1] ~= '1' then retried[#retried + 1] = ARGV[i] end
  end
end
if #mine > 0 then redis.call('XACK', KEYS[1], ARGV[1], unpack(mine)) end
if #retried > 0 then redis.call('HDEL', KEYS[2], unpack(retried)) end
return results
