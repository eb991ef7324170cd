-- Where members stand, and where they stood in a snapshot.
-- KEYS[1]  the snapshot; then of the round (see round.lua)
-- ARGV[1]  start and ARGV[2] end of the stretch the server's clock must be in, ms
-- then     what round.lua reads; how many members, the members
-- Returns  { 'clock', now } | { 'ok', indexes or null, what the snapshot has of each or null }
local snapshot = takeKey()
local startMs, endMs = tonumber(take()), tonumber(take())
local round = takeKeys(takeShape())
local now = nowMs()
if now < startMs or now >= endMs then return { 'clock', exact(now) } end
local members, indexes = {}, {}
for i = 1, tonumber(take()) do
  members[i] = take()
  indexes[i] = indexOf(round, members[i]) or false
end
return { 'ok', indexes, redis.call('HMGET', snapshot, unpack(members)) }
