-- Takes entries that are pending in this consumer's own name but not held by it: after a restart, or after a lost reply.
-- KEYS[1]  the log
-- KEYS[2]  the retries of the group
-- KEYS[3]  the failures of the group
-- ARGV[1]  group
-- ARGV[2]  consumer
-- ARGV[3…] per entry: id, number of the delivery
-- Returns  { entries, each { id, fields, number of the delivery, failures }, ids whose payload is gone }

-- Always a further delivery: a handler that still works on the last one must not be able to settle this one.
for i = 3, #ARGV, 2 do
  if owned(ARGV[i], ARGV[i + 1]) == 1 then take(ARGV[i], tonumber(ARGV[i + 1]) + 1) end
end
return { taken, lost }
