-- Takes several mutexes of one slot together: all of them, or none. Whoever waits for one of them comes first: where a lease
-- ran out, the lock goes to the first waiter who can be told; those who cannot be reached stop nobody.
-- The same tokens again are the same request again.
-- KEYS     the mutexes
-- ARGV[1]  lease in ms
-- ARGV[2]  a name for the holder, or empty
-- ARGV[3…] a token for each mutex
-- Returns  { 1, fence of each }; { 0, number of the first that is not free, its holder's token, name, lease left in ms };
--          { -1 } a token was released, or given back, before; the error FOREIGN when a key holds something else
local micros = nowMicros()
local now = math.floor(micros / 1000)
local states, fences = {}, { 1 }
for i = 1, #KEYS do
  local state = readState(redis.call('GET', KEYS[i]))
  if not state then return redis.error_reply(foreign) end
  states[i] = state
  if isGone(state, ARGV[i + 2]) then return { -1 } end
  if state.token == ARGV[i + 2] then
    if state.till == 0 then return { -1 } end
  else
    local taken = state.till > now
    if not taken and not passOn(KEYS[i], state, micros, now, ARGV[i + 2]) then
      writeState(KEYS[i], state, now)
      taken = true
    end
    if taken then return { 0, i, state.token, state.owner, state.till - now } end
  end
end
for i, state in ipairs(states) do
  if state.token ~= ARGV[i + 2] or state.till <= now then
    give(state, ARGV[i + 2], ARGV[2], 0, micros, now)
  end
  state.till = now + tonumber(ARGV[1])
  writeState(KEYS[i], state, now)
  fences[i + 1] = string.format('%.0f', state.fence)
end
return fences
