-- Takes entries that are pending in this consumer's own name but not held by it: after a restart, or after a lost reply.
-- KEYS[1]  the log
-- KEYS[2]  the retries of the group
-- KEYS[3]  the failures of the group
-- ARGV[1]  group
-- ARGV[2]  consumer
-- ARGV[3…] per entry: id, number of its delivery, number of the one it is taken as
-- Returns  { entries, each { id, fields, number of the delivery, failures }, ids whose payload is gone }

-- A further delivery unless no handler can have seen the last one: one that still works on it must not settle this one.
for i = 3, #ARGV, 3 do
  if owned(ARGV[i], ARGV[i + 1]) == 1 then take(ARGV[i], tonumber(ARGV[i + 2])) end
end
return { taken, lost }
