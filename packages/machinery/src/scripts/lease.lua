-- A lease: a key with a TTL whose value is its holder. A fragment, put before scripts.
-- KEYS     none of its own: functions take the key, which the script names
-- ARGV     none of its own
-- Returns  nothing

-- Takes or renews the lease. Returns 0, or for how many ms somebody else has it still.
local function holdLease(key, holder, leaseMs)
  local current = redis.call('GET', key)
  if current and current ~= holder then return math.max(1, redis.call('PTTL', key)) end
  redis.call('SET', key, holder, 'PX', leaseMs)
  return 0
end

-- Gives the lease up, if it is this holder's. Returns 1 if it was.
local function endLease(key, holder)
  if redis.call('GET', key) ~= holder then return 0 end
  return redis.call('DEL', key)
end
