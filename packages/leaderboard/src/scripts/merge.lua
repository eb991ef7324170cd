-- Gives what a member has in a round to another name, unless one of the two moved since they were looked at. Where it has no
-- place, that is the attempts it spent.
-- KEYS     of the round (see round.lua); then, where members can be banned, who is
-- ARGV[1]  from, ARGV[2] to
-- ARGV[3]  the place of from, ARGV[4] that of to (empty: none), as they were; ARGV[5] the place that to gets (empty: as it was)
-- then     what round.lua reads
-- Returns  1, or 0 when something had moved: then nothing was done; -1: from is banned, or still hidden here, -2: to is
local from, to = take(), take()
local fromPlace, toPlace, place = takePlace(), takePlace(), takePlace()
local round = takeKeys(takeShape())
local banned = #KEYS > key and takeKey()
if banned and redis.call('SISMEMBER', banned, from) == 1 then return -1 end
if banned and redis.call('SISMEMBER', banned, to) == 1 then return -2 end
-- A ban that is lifted, but not here yet: what is hidden would come back over what is moved.
if round.hidden and redis.call('HEXISTS', round.hidden, from) == 1 then return -1 end
if round.hidden and redis.call('HEXISTS', round.hidden, to) == 1 then return -2 end
local was, is = placeOf(round, from), placeOf(round, to)
if (was and rawPlace(was) or '') ~= fromPlace or (is and rawPlace(is) or '') ~= toPlace then return 0 end
if was then
  local new = placeFrom(place)
  if is ~= new then move(round, to, is, new) end
  erase(round, from, was)
  if round.groups then dropResult(round, was) end
end
local spent = round.attempts and redis.call('HGET', round.attempts, from)
if spent then
  redis.call('HINCRBY', round.attempts, to, spent)
  redis.call('HDEL', round.attempts, from)
end
for _, key in ipairs({ round.meta or false, round.history or false }) do
  local value = key and redis.call('HGET', key, from)
  if value then
    redis.call('HSETNX', key, to, value)
    redis.call('HDEL', key, from)
  end
end
return 1
