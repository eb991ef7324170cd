-- Ends a session for good: its place among the user's sessions goes, and a short tombstone stands where it was. One that has run out
-- stays as it is: its end is still to be told.
-- KEYS[1]  the session
-- KEYS[2]  its user's sessions
-- ARGV[1]  the session's entry there
-- ARGV[2]  idle time in ms
-- ARGV[3]  life of the tombstone in ms
-- ARGV[4]  1: a tombstone also where nothing stands, against a creation that is still on its way
-- ARGV[5]  channel on which ends are told
-- Returns  { 'ended' | 'none' | 'revoked' | 'foreign' }, or { 'moved', to, generation, followed 0|1, arriving 0|1 } when there was a pointer,
--          or a tombstone in the place of one
local found = look(KEYS[1], KEYS[2], ARGV[1], nowMs(), tonumber(ARGV[2]))
if found.state == 'foreign' or found.stub then return { 'foreign' } end
if found.state == 'none' and (found.over or ARGV[4] ~= '1') then return { 'none' } end
-- The tombstone keeps the way on: asked again, because the reply was lost, it tells the same.
local way = false
if found.state == 'moved' then
  way = (found.followed and 'f' or 's') .. found.to
elseif found.state == 'revoked' then
  way = redis.call('HGET', KEYS[1], 'o')
end
redis.call('HDEL', KEYS[2], ARGV[1], 'i' .. ARGV[1])
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], '@', 'T1')
if way then redis.call('HSET', KEYS[1], 'o', way) end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
if found.state == 'live' or found.state == 'moved' then tell(ARGV[5], KEYS[2]) end
if way then
  return { 'moved', string.sub(way, 2), found.generation or '0', string.byte(way) == 102 and 1 or 0, found.arriving and 1 or 0 }
end
if found.state == 'live' then return { 'ended' } end
return { found.state }
