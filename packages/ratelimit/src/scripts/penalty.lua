-- Blocks that grow with repeated offences and are forgotten with time.
-- State: 'until level strikes at': the end of the block, the next step of the ladder, denials since, and when they were counted.
-- KEYS     the caller's; `key` is one of them
-- ARGV     the caller's; `spec` reads 'after,decay,step,step,…': denials until a block, the rest in microseconds
-- Returns  microseconds the identifier is still blocked, and strike(), which counts a denial and returns the block it caused
local function penalty(key, now, spec)
  local numbers = {}
  for number in string.gmatch(spec, '%d+') do numbers[#numbers + 1] = tonumber(number) end
  local after, decay, steps = numbers[1], numbers[2], #numbers - 2
  local blockedUntil, level, strikes, at = 0, 0, 0, now
  local stored = redis.call('GET', key)
  if stored then
    local a, b, c, d = string.match(stored, '^(%d+) (%d+) (%d+) (%d+)$')
    blockedUntil, level, strikes, at = tonumber(a), tonumber(b), tonumber(c), tonumber(d)
    local quiet = math.floor((now - math.max(at, blockedUntil)) / decay)
    if quiet > 0 then level, strikes = math.max(0, level - quiet), 0 end
  end
  local function strike()
    strikes, at = strikes + 1, now
    local block = 0
    if steps > 0 and strikes >= after then
      strikes = 0
      block = numbers[2 + math.min(level + 1, steps)]
      blockedUntil, level = now + block, math.min(level + 1, steps)
    end
    local text = string.format('%.0f %d %d %.0f', blockedUntil, level, strikes, at)
    redis.call('SET', key, text, 'PX', math.ceil((block + (level + 1) * decay) / 1000))
    return block
  end
  return math.max(0, blockedUntil - now), strike
end
