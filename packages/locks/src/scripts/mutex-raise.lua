-- Raises the fence of a held mutex to what a majority of servers agreed on. Compares, then raises.
-- KEYS[1]  the mutex
-- ARGV[1]  token
-- ARGV[2]  fence, decimal digits
-- Returns  1 the token holds it, with a fence that is not lower; 0 it does not; the error FOREIGN when the key holds something else
local state = readState(redis.call('GET', KEYS[1]))
if not state then return redis.error_reply(foreign) end
local now = math.floor(nowMicros() / 1000)
if state.token ~= ARGV[1] or state.till <= now then return 0 end
state.fence = math.max(state.fence, tonumber(ARGV[2]))
writeState(KEYS[1], state, now)
return 1
