-- The record of one tag: '<origin> <expire floor> <remove floor> <until ms> <raised at ms> <raised by>'. Floors are positions
-- of the invalidation record; under another origin they mean nothing.
-- A fragment, put before scripts.
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing
local function readTag(key, record)
  local text = redis.call('GET', key)
  if not text then return nil end
  local origin, expired, removed, untilMs, raisedMs, by = string.match(text, '^(%S+) (%d+) (%d+) (%d+) (%d+) (%S+)$')
  if origin ~= record.origin then return nil end
  return {
    expired = tonumber(expired), removed = tonumber(removed),
    untilMs = tonumber(untilMs), raisedMs = tonumber(raisedMs), by = by,
  }
end
local function writeTag(key, record, tag, now)
  local text = string.format('%s %.0f %.0f %.0f %.0f %s',
    record.origin, tag.expired, tag.removed, tag.untilMs, tag.raisedMs, tag.by)
  redis.call('SET', key, text, 'PX', string.format('%.0f', math.max(1, tag.untilMs - now)))
  return text
end
