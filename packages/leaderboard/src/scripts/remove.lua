-- Takes a member off some boards, with all that belongs to it.
-- KEYS     of each round (see round.lua)
-- ARGV[1]  the member
-- ARGV[2]  1: also what a ban and a limit of attempts know of it
-- ARGV[3]  how many rounds
-- then     per round: what round.lua reads, start and end of the period the server's clock must be in (ms; both empty: any)
-- Returns  { 'ok', from how many boards it was taken } or { 'clock', the server's time in ms }; then nothing was done
local now = nowMs()
local member, everything = take(), take() == '1'
local rounds = {}
for i = 1, tonumber(take()) do
  rounds[i] = takeKeys(takeShape())
  local start, finish = take(), take()
  if start ~= '' and (now < tonumber(start) or now >= tonumber(finish)) then return { 'clock', exact(now) } end
end
local taken = 0
for _, round in ipairs(rounds) do
  if drop(round, member, now) then taken = taken + 1 end
  if everything then
    for _, key in ipairs({ round.attempts or false, round.hidden or false }) do
      if key then redis.call('HDEL', key, member) end
    end
  end
end
return { 'ok', taken }
