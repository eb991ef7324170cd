-- What was invalidated since a position, with the server's clock.
-- KEYS[1]  the invalidation record
-- KEYS[2]  the log
-- KEYS[3]  the processes with a tier of their own
-- ARGV[1]  origin, should the record have to be made
-- ARGV[2]  origin that the caller knows; '-': none
-- ARGV[3]  position up to which the caller knows everything
-- ARGV[4]  how many invalidations to tell at most
-- ARGV[5]  who asks, to be entered among the processes; '-': is not one of them
-- ARGV[6]  how long it counts as one of them, ms
-- Returns  { clock in ms, the record, 1: complete | 0: drop everything, { kind, key, … } in order }
local record = readRecord(KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3])
if not record then return redis.error_reply(foreignLog) end
local text = recordText(record)
if record.made then redis.call('SET', KEYS[1], text) end
local now = nowMs()
if ARGV[5] ~= '-' then
  redis.call('ZADD', KEYS[3], string.format('%.0f', now + ARGV[6]), ARGV[5])
  redis.call('PEXPIRE', KEYS[3], ARGV[6])
end
local known = tonumber(ARGV[3])
local missing = record.position - known
if record.origin ~= ARGV[2] or missing > tonumber(ARGV[4]) then return { now, text, 0, {} } end
local told = {}
if missing > 0 then
  local from = string.format('%.0f-0', known + 1)
  local entries = redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', missing)
  -- Trimmed, evicted or gone: what is not there cannot be replayed.
  if #entries ~= missing then return { now, text, 0, {} } end
  for _, entry in ipairs(entries) do
    told[#told + 1] = entry[2][1]
    told[#told + 1] = entry[2][2]
  end
end
return { now, text, 1, told }
