-- A due set: a sorted set of members, each with the server's time in ms at which it is due. A fragment, put before scripts.
-- KEYS     none of its own: functions take the key, which the script names
-- ARGV     none of its own
-- Returns  nothing

-- The member is due at `atMs` (a whole number), whatever it was before. The set outlives its last due time by `keepMs`: what
-- nobody sweeps does not stay for good.
local function addDue(key, member, atMs, now, keepMs)
  redis.call('ZADD', key, string.format('%.0f', atMs), member)
  local lifeMs = math.max(0, atMs - now) + keepMs
  if redis.call('PTTL', key) < lifeMs then redis.call('PEXPIRE', key, string.format('%.0f', lifeMs)) end
end

-- Ms until the first member is due, 0 when one is; -1 when there is none.
local function nextDueMs(key, now)
  local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
  if not first[2] then return -1 end
  return math.max(0, tonumber(first[2]) - now)
end

-- At most `limit` members that are due. They are due again after `hideMs`, unless whoever took them removes them: so what
-- a process took and did not finish is not lost. Returns them, and the time until which they are hidden: with half a ms,
-- which no due time of a caller has, so it tells them from what was added anew.
local function takeDue(key, now, limit, hideMs)
  local due = redis.call('ZRANGEBYSCORE', key, '-inf', string.format('%.0f', now), 'LIMIT', 0, limit)
  local hiddenUntil = string.format('%.1f', now + hideMs + 0.5)
  for _, member in ipairs(due) do redis.call('ZADD', key, hiddenUntil, member) end
  if due[1] and redis.call('PTTL', key) < 2 * hideMs then
    redis.call('PEXPIRE', key, string.format('%.0f', 2 * hideMs))
  end
  return due, hiddenUntil
end
