-- Extends many leases at once. Compares, then extends: a lease that ran out or passed on is never taken again.
-- KEYS     the mutexes
-- ARGV     for each mutex: token, lease in ms from now
-- Returns  for each mutex: 1 extended, 0 no longer held by this token
local now = math.floor(nowMicros() / 1000)
local extended = {}
for i = 1, #KEYS do
  local text = redis.pcall('GET', KEYS[i])
  local state = (type(text) == 'string') and readState(text) or nil
  extended[i] = 0
  if state and state.token == ARGV[2 * i - 1] and state.till > now then
    state.till = now + tonumber(ARGV[2 * i])
    writeState(KEYS[i], state, now)
    extended[i] = 1
  end
end
return extended
