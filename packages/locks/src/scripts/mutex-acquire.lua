-- Takes the mutex if nobody holds it and nobody waits in front; else takes or keeps a place in its queue, when asked to.
-- The same token again is the same request again: a claim of what was handed over, or a repeat after a lost reply.
-- Follows the short way (mutex-take-free.lua), which has read the state already.
-- KEYS[1]  the mutex
-- ARGV[1]  token, 16 characters
-- ARGV[2]  lease in ms
-- ARGV[3]  '-': only try; 'p' or 'n': wait in the queue (see the state)
-- ARGV[4]  the lease and the time the fence is remembered together, in ms: for the short way, which prints no numbers
-- ARGV[5]  optional: a name for the holder
-- Returns  fence, held now; { 0, holder's token, holder's name, lease left in ms, place in the queue or 0 };
--          { -1 } this token was released, or given back, before; the error FOREIGN when the key holds something else
local token = ARGV[1]
local leaseMs = tonumber(ARGV[2])
local way = ARGV[3]
local owner = ARGV[5] or ''
local micros = nowMicros()
local now = math.floor(micros / 1000)
local state = readState(found)
if not state then return redis.error_reply(foreign) end

if state.token == token then
  if state.till == 0 then return { -1 } end
  -- A lease that ran out and that nobody took is taken anew: others may have seen it end.
  if state.till <= now then give(state, token, owner, leaseMs, micros, now) end
  state.till = now + leaseMs
  state.owner = owner
  writeState(KEYS[1], state, now)
  return string.format('%.0f', state.fence)
end

if isGone(state, token) then return { -1 } end
local changed = false
if state.till <= now then
  changed = true
  if passOn(KEYS[1], state, micros, now, token) then
    give(state, token, owner, leaseMs, micros, now)
    writeState(KEYS[1], state, now)
    return string.format('%.0f', state.fence)
  end
end

local place = 0
if way == '-' then
  place = #state.waiters / recordSize - goneIn(state.waiters)
else
  local at = placeOf(state.waiters, token)
  local expiry = string.format('%013.0f', now + waiterMs)
  if at then
    place = (at - 1) / recordSize + 1 - goneIn(state.waiters)
    state.waiters = string.sub(state.waiters, 1, at + 15) .. way .. expiry .. string.sub(state.waiters, at + 30)
    changed = true
  elseif #state.waiters < mostWaiters * recordSize then
    state.waiters = state.waiters .. token .. way .. expiry .. string.format('%013.0f', now)
    place = #state.waiters / recordSize - goneIn(state.waiters)
    changed = true
  end
end
if changed then writeState(KEYS[1], state, now) end
return { 0, state.token, state.owner, state.till - now, place }
