-- Blocks one identifier for a time, and keeps its place on the ladder.
-- KEYS[1]  the identifier's penalty
-- ARGV[1]  microseconds to block; 0 lifts the block
-- ARGV[2]  microseconds until a step of the ladder is forgotten
-- ARGV[3]  1: a block that lasts longer stays
-- Returns  microseconds the identifier is blocked now
local now = nowMicros()
local block, decay = tonumber(ARGV[1]), tonumber(ARGV[2])
local level, strikes = 0, 0
local stored = redis.call('GET', KEYS[1])
if stored then
  local ends, steps, denials = string.match(stored, '^(%d+) (%d+) (%d+)')
  level, strikes = tonumber(steps), tonumber(denials)
  if ARGV[3] == '1' and tonumber(ends) - now > block then return tonumber(ends) - now end
end
if block == 0 and level == 0 and strikes == 0 then
  redis.call('DEL', KEYS[1])
  return 0
end
local text = string.format('%.0f %d %d %.0f', now + block, level, strikes, now)
redis.call('SET', KEYS[1], text, 'PX', math.ceil((block + (level + 1) * decay) / 1000))
return block
