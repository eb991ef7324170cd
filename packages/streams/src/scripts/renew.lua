-- Renews the leases of entries that are still this consumer's in this delivery.
-- KEYS[1]  the log
-- KEYS[2]  the failures of the group
-- ARGV[1]  group
-- ARGV[2]  consumer
-- ARGV[3]  lowest of the ids
-- ARGV[4]  highest of the ids
-- ARGV[5]  how many entries of this consumer may lie between
-- ARGV[6…] per entry: id, number of the delivery
-- Returns  the entries that were not renewed: { id, 0 not pending any more | -1 somebody else has it | 2 trimmed }
local refused, mine = {}, {}
for at, status in ipairs(ownedAmong(3)) do
  local id = ARGV[4 + 2 * at]
  if status == 1 then
    mine[#mine + 1] = id
  else
    refused[#refused + 1] = { id, status }
  end
end
if #mine > 0 then
  local command = { 'XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0 }
  for _, id in ipairs(mine) do command[#command + 1] = id end
  command[#command + 1] = 'JUSTID'
  local renewed = {}
  for _, id in ipairs(redis.call(unpack(command))) do renewed[id] = true end
  for _, id in ipairs(mine) do
    if not renewed[id] then
      forget(id, KEYS[2])
      refused[#refused + 1] = { id, 2 }
    end
  end
end
return refused
