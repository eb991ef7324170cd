-- The lease of one key: 'L <origin> <position> <token>[ <wake channel>…]', or, while a failure is remembered,
-- 'F <origin> <position> <token> <what failed>'. It lives as long as its key's TTL.
-- A fragment, put before scripts.
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing
local function readLease(key)
  local text = redis.call('GET', key)
  if not text then return nil end
  local kind, origin, position, token, rest = string.match(text, '^(%u) (%S+) (%d+) (%S+) ?(.*)$')
  if not kind then return nil end
  return { kind = kind, origin = origin, position = tonumber(position), token = token, rest = rest }
end
-- Tells everybody who waits for the lease that it ended. At most as many as enter.lua let in.
local function wakeWaiters(key, lease)
  if not lease or lease.kind ~= 'L' then return end
  for channel in string.gmatch(lease.rest, '%S+') do redis.call('PUBLISH', channel, key) end
end
