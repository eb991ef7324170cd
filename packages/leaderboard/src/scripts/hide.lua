-- Takes a banned member out of some rounds without losing its score.
-- KEYS     of each round (see round.lua)
-- ARGV[1]  the member
-- ARGV[2]  how many rounds; then per round what round.lua reads
-- Returns  from how many it was taken
local member = take()
local taken = 0
for _ = 1, tonumber(take()) do
  local round = takeKeys(takeShape())
  local place = placeOf(round, member)
  if place then
    local ttl = redis.call('PTTL', round.board)
    erase(round, member, place)
    if round.groups then dropResult(round, place) end
    redis.call('HSET', round.hidden, member, rawPlace(place))
    if ttl > 0 and redis.call('HLEN', round.hidden) == 1 then redis.call('PEXPIRE', round.hidden, ttl) end
    taken = taken + 1
  end
end
return taken
