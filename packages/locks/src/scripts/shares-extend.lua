-- Extends many leases at once, and may make them lighter. Compares, then extends: a lease that ended is never taken again.
-- KEYS     the semaphores or read-write locks
-- ARGV     for each: token, lease in ms from now, new weight or 0 to leave it; what that frees goes to those who wait
-- Returns  for each: 1 extended, 0 no longer held by this token
local micros = nowMicros()
local now = math.floor(micros / 1000)
local extended = {}
for i = 1, #KEYS do
  local text = redis.pcall('GET', KEYS[i])
  local state = (type(text) == 'string') and readState(text, now) or nil
  local holder = state and find(state.holders, ARGV[3 * i - 2])
  extended[i] = holder and 1 or 0
  if holder then
    holder.till = now + tonumber(ARGV[3 * i - 1])
    local weight = tonumber(ARGV[3 * i])
    if weight > 0 and weight < holder.weight then
      state.used = state.used - holder.weight + weight
      holder.weight = weight
      serve(KEYS[i], state, micros, now, nil)
    end
    writeState(KEYS[i], state, now)
  end
end
return extended
