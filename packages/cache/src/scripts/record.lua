-- The invalidation record of a cache: '<origin> <position> <expire floor> <remove floor>'. The origin is new whenever
-- the record had to be made anew, so nothing stamped under another one can come back to life. One that is behind what the
-- caller knows of it has lost writes (a failover, a restart): its positions would be given twice, so it is made anew, too.
-- A fragment, put before scripts.
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing
local function readRecord(key, log, origin, knownOrigin, knownPosition)
  local text = redis.call('GET', key)
  if text then
    local own, position, expired, removed = string.match(text, '^(%S+) (%d+) (%d+) (%d+)$')
    if own and (own ~= knownOrigin or tonumber(position) >= tonumber(knownPosition)) then
      return { origin = own, position = tonumber(position), expired = tonumber(expired), removed = tonumber(removed) }
    end
  end
  redis.call('DEL', log)
  return { origin = origin, position = 0, expired = 0, removed = 0, made = true }
end
local function recordText(record)
  return string.format('%s %.0f %.0f %.0f', record.origin, record.position, record.expired, record.removed)
end
