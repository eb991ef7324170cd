-- Enters an invalidation into the log and tells every process.
-- KEYS[1]  the invalidation record
-- KEYS[2]  the log
-- ARGV[1]  origin, should the record have to be made
-- ARGV[2]  'key', 'clear' (everything is removed) or 'expire' (everything is expired)
-- ARGV[3]  key: which
-- ARGV[4]  how many invalidations the log keeps
-- ARGV[5]  how long the log lives without another, ms
-- ARGV[6]  the channel
-- Returns  the record
local record = readRecord(KEYS[1], KEYS[2], ARGV[1])
record.position = record.position + 1
if ARGV[2] ~= 'key' then record.expired = record.position end
if ARGV[2] == 'clear' then record.removed = record.position end
local text = recordText(record)
redis.call('SET', KEYS[1], text)
local position = string.format('%.0f', record.position)
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], position .. '-0', ARGV[2], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
redis.call('PUBLISH', ARGV[6], record.origin .. ' ' .. position .. ' ' .. ARGV[2] .. ' ' .. ARGV[3])
return text
