-- The last write of one key that is in the log of writes: 'P <id> <entry>' while it is not stored where it belongs, and 'S <id>'
-- when it is, for as long as the log has older ones of the key, and a while after, so that nobody puts it here again. Ids are
-- '<ms>-<sequence>', as the log made them.
-- A fragment, put before scripts.
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing
local function readWrite(key)
  local text = redis.call('GET', key)
  if not text then return nil end
  local kind, ms, sequence, entry = string.match(text, '^(%u) (%d+)%-(%d+) ?(.*)$')
  if not kind then return nil end
  return { kind = kind, ms = tonumber(ms), sequence = tonumber(sequence), entry = entry }
end
local function idOf(text)
  local ms, sequence = string.match(text, '^(%d+)%-(%d+)$')
  return tonumber(ms), tonumber(sequence)
end
-- Whether there is a write, and it is not before the one of this id.
local function reaches(write, id)
  if not write then return false end
  local ms, sequence = idOf(id)
  return write.ms > ms or (write.ms == ms and write.sequence >= sequence)
end
