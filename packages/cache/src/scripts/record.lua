-- The invalidation record of a cache: '<origin> <position> <expire floor> <remove floor>'. The origin is new whenever
-- the record had to be made anew, so nothing stamped under another one can come back to life. One that is behind what the
-- caller knows of it has lost writes (a failover, a restart): its positions would be given twice, so it is made anew, too.
-- A fragment, put before scripts.
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing
local foreignLog = 'FOREIGN the key of this log of invalidations holds a stream that is no such log'
local loggedKinds = { key = true, clear = true, expire = true, ['remove-tag'] = true, ['expire-tag'] = true }
-- Whether the first entry of a log from an id on is one of ours; nil: there is none. Fails where there is no stream.
local function isLogged(log, from)
  local entry = redis.call('XRANGE', log, from, '+', 'COUNT', 1)[1]
  if not entry then return nil end
  return string.find(entry[1], '^%d+%-0$') ~= nil and #entry[2] == 2 and loggedKinds[entry[2][1]] == true
end
-- Nil: there is no record, and something else is at the key of the log, which is left alone.
local function readRecord(key, log, origin, knownOrigin, knownPosition)
  local text = redis.call('GET', key)
  if text then
    local own, position, expired, removed = string.match(text, '^([%w_-]+) (%d+) (%d+) (%d+)$')
    if own and #own == #origin and (own ~= knownOrigin or tonumber(position) >= tonumber(knownPosition)) then
      return { origin = own, position = tonumber(position), expired = tonumber(expired), removed = tonumber(removed) }
    end
  end
  local logged = isLogged(log, '-')
  if logged == false then return nil end
  if logged then redis.call('DEL', log) end
  return { origin = origin, position = 0, expired = 0, removed = 0, made = true }
end
local function recordText(record)
  return string.format('%s %.0f %.0f %.0f', record.origin, record.position, record.expired, record.removed)
end
