-- Gives a partition to a member, unless another has it: a new tenure, of a generation above every one before.
-- KEYS[1]  the tenure of the partition
-- ARGV[1]  the member
-- ARGV[2]  for how many ms
-- Returns  { the generation (0: another has it), ms until that other's tenure ends }
local now = nowMs()
local before = redis.call('HMGET', KEYS[1], 'o', 'g', 'u')
local ends = tonumber(before[3] or '0')
-- The caller's own is one that it does not know of, for the answer was lost.
if ends > now and before[1] ~= ARGV[1] then return { 0, ends - now } end
-- The clock carries the generation on where the key was lost.
local generation = math.max(tonumber(before[2] or '0') + 1, nowMicros())
local till = string.format('%.0f', now + tonumber(ARGV[2]))
redis.call('HSET', KEYS[1], 'o', ARGV[1], 'g', micros(generation), 'u', till)
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[2]) + 60000)
return { generation, 0 }
