-- The state of the mutex as it is, and the server's time to read it by. Changes nothing.
-- KEYS[1]  the mutex
-- ARGV     none
-- Returns  { server ms, fence, until, token, owner, waiters }; the error FOREIGN when the key holds something else
local state = readState(redis.call('GET', KEYS[1]))
if not state then return redis.error_reply(foreign) end
return {
  math.floor(nowMicros() / 1000),
  string.format('%.0f', state.fence),
  state.till,
  state.token,
  state.owner,
  state.waiters,
}
