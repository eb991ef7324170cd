-- Notes when to look whether a session has run out.
-- KEYS[1]  the due set
-- ARGV[1]  in how many ms
-- ARGV[2]  ms for which the set outlives its last member
-- ARGV[3]  the session's public id
-- Returns  1
local now = nowMs()
addDue(KEYS[1], ARGV[3], now + ARGV[1], now, tonumber(ARGV[2]))
return 1
