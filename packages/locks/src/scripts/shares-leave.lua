-- Ends what a token has in a semaphore or read-write lock, its lease or its place in the queue, and serves who can be served
-- then. A token whose acquire may still come (it has neither, or its caller says so) is remembered as gone for a while.
-- Running it twice is harmless.
-- KEYS[1]  the semaphore or read-write lock
-- ARGV[1]  token
-- ARGV[2]  optional: '1': a request under this token was not answered, and may still come
-- Returns  1 when the token held a lease up to now; else 0; the error FOREIGN when the key holds something else
local token = ARGV[1]
local micros = nowMicros()
local now = math.floor(micros / 1000)
local state = readState(redis.call('GET', KEYS[1]), now)
if not state then return redis.error_reply(foreign) end
local holder, at = find(state.holders, token)
local waiter, place = find(state.waiters, token)
if holder then
  table.remove(state.holders, at)
  state.used = state.used - holder.weight
elseif waiter then
  table.remove(state.waiters, place)
end
if (ARGV[2] or not (holder or waiter)) and not string.find(state.gone, token, 1, true) then
  state.gone = string.sub(token .. state.gone, 1, 16 * mostGone)
end
serve(KEYS[1], state, micros, now, nil)
writeState(KEYS[1], state, now)
return holder and 1 or 0
