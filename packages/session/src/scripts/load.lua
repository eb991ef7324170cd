-- Loads a session and extends its idle time, in one round trip; writes only when enough of that time is used up.
-- KEYS[1]  the session
-- KEYS[2]  its user's sessions (of the same hash tag, also when there is no user)
-- ARGV[1]  the session's entry there
-- ARGV[2]  idle time in ms
-- ARGV[3]  ms of it that must be used up before it is written again; -1: never
-- Returns  { 'live', now, { field, value, … } }; { 'moved', to, generation, 1, arriving 0|1 } within the overlap of a rotation;
--          { 'superseded' } the same after a login; { 'replayed', to } later; { 'revoked' | 'none' | 'foreign' }
local now = nowMs()
local idle, after = tonumber(ARGV[2]), tonumber(ARGV[3])
local found = look(KEYS[1], KEYS[2], ARGV[1], now, idle)
if found.state == 'moved' and now >= found.untilMs then return { 'replayed', found.to } end
if found.state ~= 'live' then return otherwise(found) end
if after >= 0 and touch(found, KEYS[1], KEYS[2], ARGV[1], now, idle, after) then
  for i = 1, #found.flat, 2 do
    if found.flat[i] == 's' then found.flat[i + 1] = found.since end
  end
end
return { 'live', now, found.flat }
