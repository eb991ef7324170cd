-- The state of a semaphore or read-write lock as it is, and the server's time to read it by. Changes nothing.
-- KEYS[1]  the semaphore or read-write lock
-- KEYS[2]  optional: the limit that was set for it
-- ARGV[1]  the limit where none was set
-- Returns  { server ms, limit, holders, waiters }; the error FOREIGN when the key holds something else
local now = math.floor(nowMicros() / 1000)
local text = redis.call('GET', KEYS[1])
if not readState(text, now) then return redis.error_reply(foreign) end
local holders, waiters = string.match(text or '0:0:::', '^%d+:%d+:([^:]*):([^:]*):')
return { now, tonumber(KEYS[2] and redis.call('GET', KEYS[2]) or ARGV[1]), holders, waiters }
