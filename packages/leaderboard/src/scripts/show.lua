-- Brings a member that is no longer banned back to some rounds. Where it scored meanwhile the better score stays.
-- KEYS     of each round (see round.lua)
-- ARGV[1]  the member
-- ARGV[2]  how many rounds; then per round what round.lua reads
-- Returns  to how many it came back
local member = take()
local back = 0
for _ = 1, tonumber(take()) do
  local round = takeKeys(takeShape())
  local hidden = redis.call('HGET', round.hidden, member)
  if hidden then
    local ttl = redis.call('PTTL', round.hidden)
    redis.call('HDEL', round.hidden, member)
    local place, old = placeFrom(hidden), placeOf(round, member)
    if not old or isBetter(place, old) then move(round, member, old, place) end
    if ttl > 0 and redis.call('ZCARD', round.board) == 1 then
      for _, key in ipairs({ round.board, round.index or round.board, round.groups or round.board }) do
        redis.call('PEXPIRE', key, ttl)
      end
    end
    back = back + 1
  end
end
return back
