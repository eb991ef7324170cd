-- The state of a semaphore or read-write lock as it is, and the server's time to read it by. Changes nothing.
-- KEYS[1]  the semaphore or read-write lock
-- KEYS[2]  optional: the limit that was set for it
-- ARGV[1]  the limit where none was set
-- Returns  { server ms, limit, holders, waiters }; the error FOREIGN or FOREIGNLIMIT when the key, or that of the limit,
--          holds something else
local now = math.floor(nowMicros() / 1000)
local text = redis.call('GET', KEYS[1])
if not readState(text, now) then return redis.error_reply(foreign) end
local holders, waiters = string.match(text or '0:0:::', '^%d+:%d+:([^:]*):([^:]*):')
local limit = limitOf(KEYS[2], ARGV[1])
if not limit then return redis.error_reply(foreignLimit) end
return { now, limit, holders, waiters }
