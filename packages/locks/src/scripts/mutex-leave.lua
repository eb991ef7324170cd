-- Ends what a token has in the mutex: its lease or grant, which passes to the next waiter in the same act, or its place in
-- the queue. A token that has neither is remembered as gone for a while: its acquire may still come. Twice is harmless.
-- Follows the short way (mutex-leave-alone.lua), which has read the state already.
-- KEYS[1]  the mutex
-- ARGV[1]  token
-- Returns  1 when the token was the last that was granted, so nobody else held the lock up to now; else 0;
--          the error FOREIGN when the key holds something else
local token = ARGV[1]
local state = readState(found)
if not state then return redis.error_reply(foreign) end
if state.token == token and state.till > 0 then
  state.till = 0
  local now = 0
  if state.waiters ~= '' then
    local micros = nowMicros()
    now = math.floor(micros / 1000)
    passOn(KEYS[1], state, micros, now, nil)
  end
  writeState(KEYS[1], state, now)
  return 1
end
local at = placeOf(state.waiters, token)
local now = math.floor(nowMicros() / 1000)
if at and not isGone(state, token) then
  state.waiters = without(state.waiters, at)
  writeState(KEYS[1], state, now)
elseif not at and state.token ~= token then
  local gone = goneIn(state.waiters)
  if gone == mostGone then state.waiters = without(state.waiters, (gone - 1) * recordSize + 1) end
  state.waiters = token .. 'g' .. string.format('%013.0f%013.0f', now + memoryMs, now) .. state.waiters
  writeState(KEYS[1], state, now)
end
return 0
