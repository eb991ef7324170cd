-- The lease of one key: 'L <origin> <position> <token> <failures>[ <wake channel>…]', or, while a failure is remembered,
-- 'F <origin> <position> <token> <failures> <until ms> <what failed>'. Failures are those in a row. A lease lives as long as
-- its key's TTL; a failure is remembered until its time, and counted for as long again.
-- A fragment, put before scripts.
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing
local function readLease(key)
  local text = redis.call('GET', key)
  if not text then return nil end
  local kind, origin, position, token, failures, rest = string.match(text, '^(%u) (%S+) (%d+) (%S+) (%d+) ?(.*)$')
  if not kind then return nil end
  local lease = {
    kind = kind, origin = origin, position = tonumber(position), token = token, failures = tonumber(failures), rest = rest,
  }
  if kind == 'F' then
    local untilMs, what = string.match(rest, '^(%d+) (.*)$')
    lease.untilMs, lease.rest = tonumber(untilMs) or 0, what or ''
  end
  return lease
end
local function writeLease(key, origin, position, token, failures, waiting, ms)
  redis.call('SET', key, string.format('L %s %s %s %d', origin, position, token, failures) .. waiting, 'PX', ms)
end
-- Tells everybody who waits for the lease that it ended. At most as many as enter.lua let in; where publishing is not allowed
-- they look for themselves.
local function wakeWaiters(key, lease)
  if not lease or lease.kind ~= 'L' then return end
  for channel in string.gmatch(lease.rest, '%S+') do redis.pcall('PUBLISH', channel, key) end
end
