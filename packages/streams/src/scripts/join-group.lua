-- A consumer of a partitioned stream says that it lives; one that is new is told to the others.
-- KEYS[1]  the members of the group
-- KEYS[2]  the stream that wakes
-- ARGV[1]  the member
-- ARGV[2]  for how many ms it counts as alive
-- ARGV[3]  group
-- Returns  { ms until another member can be dead at the earliest (-1: there is none), names of the living members }
local now = nowMs()
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
local isNew = redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[2])), ARGV[1]) == 1
local members = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
-- Nobody in it lives longer than the last.
redis.call('PEXPIREAT', KEYS[1], members[#members])
if isNew then wake(KEYS[2], ARGV[3]) end
local names, nextEnd = {}, -1
for i = 1, #members, 2 do
  names[#names + 1] = members[i]
  if nextEnd < 0 and members[i] ~= ARGV[1] then nextEnd = tonumber(members[i + 1]) - now end
end
return { nextEnd, names }
