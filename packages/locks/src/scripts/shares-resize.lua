-- Sets how much may be held of a semaphore in sum, from now on and whatever its users say, and serves who can be served then.
-- What is held beyond a smaller limit stays held until it is released.
-- KEYS[1]  the semaphore
-- KEYS[2]  the limit that was set for it
-- ARGV[1]  the limit; 0: what its users say counts again
-- ARGV[2]  what the caller says: the limit of those who wait, until the next of its users asks
-- Returns  1; the error FOREIGN or FOREIGNLIMIT when the key, or that of the limit, holds something else: both stay
local micros = nowMicros()
local now = math.floor(micros / 1000)
local text = redis.call('GET', KEYS[1])
local state = readState(text, now)
if not state then return redis.error_reply(foreign) end
if not limitOf(KEYS[2], ARGV[2]) then return redis.error_reply(foreignLimit) end
local limit = ARGV[1]
if limit == '0' then
  limit = ARGV[2]
  redis.call('DEL', KEYS[2])
else
  redis.call('SET', KEYS[2], limit)
end
if text then
  state.limit = tonumber(limit)
  serve(KEYS[1], state, micros, now, nil)
  writeState(KEYS[1], state, now)
end
return 1
