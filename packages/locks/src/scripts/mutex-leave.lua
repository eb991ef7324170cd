-- Ends what a token has in the mutex: its lease or grant, which passes to the next waiter in the same act, or its place in
-- the queue. A token whose acquire may still come (it has nothing, or its caller says so) is remembered as gone for a while.
-- Twice is harmless.
-- Follows the short way (mutex-leave-alone.lua), which has read the state already.
-- KEYS[1]  the mutex
-- ARGV[1]  token
-- ARGV[2]  optional: '1': a request under this token was not answered, and may still come
-- Returns  1 when the token was the last that was granted, so nobody else held the lock up to now; else 0;
--          the error FOREIGN when the key holds something else
local token = ARGV[1]
local state = readState(found)
if not state then return redis.error_reply(foreign) end
local micros = nowMicros()
local now = math.floor(micros / 1000)
local at = placeOf(state.waiters, token)
local known = isGone(state, token)
local remembers = not known and (ARGV[2] or not (at or state.token == token))
local held = 0
if state.token == token and state.till > 0 then
  held = 1
  state.till = 0
  if state.waiters ~= '' then passOn(KEYS[1], state, micros, now, nil) end
elseif at and not known then
  state.waiters = without(state.waiters, at)
elseif not remembers then
  return 0
end
if remembers then
  local gone = goneIn(state.waiters)
  if gone == mostGone then state.waiters = without(state.waiters, (gone - 1) * recordSize + 1) end
  state.waiters = token .. 'g' .. string.format('%013.0f%013.0f', now + memoryMs, now) .. state.waiters
end
writeState(KEYS[1], state, now)
return held
