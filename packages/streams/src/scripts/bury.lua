-- Moves an entry to the dead letters of its group: written there and acknowledged here in one act.
-- KEYS[1]  the log
-- KEYS[2]  the failures of the group
-- KEYS[3]  the dead letters of the group
-- ARGV[1]  group
-- ARGV[2]  consumer
-- ARGV[3]  id
-- ARGV[4]  number of the delivery
-- ARGV[5]  keep about this many dead letters
-- ARGV[6]  reason
-- ARGV[7]  class of the error
-- ARGV[8]  message of the error
-- ARGV[9]  1: this delivery ended in a failure of the handler
-- ARGV[10] delete what every group is done with: '' no, else by the server or by this script
-- ARGV[11] what caused the error, as JSON ('': nothing known)
-- Returns  { status, dead letters now }; status 1 moved, 0 not pending any more, -1 somebody else has it,
--          2 the payload is gone and it was acknowledged
local id = ARGV[3]
local status = owned(id, ARGV[4])
if status ~= 1 then return { status, 0 } end
local failed = redis.call('HGET', KEYS[2], id)
local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
finish(ARGV[10], { id })
redis.call('HDEL', KEYS[2], id)
if not entry then return { 2, 0 } end
local now = string.format('%.0f', nowMs())
local failures, first = 0, now
if failed then failures, first = string.match(failed, '^(%d+):(%d+)') end
local letter = {
  'XADD', KEYS[3], 'MAXLEN', '~', ARGV[5], '*', 'o', id, 'r', ARGV[6], 'c', ARGV[7], 'm', ARGV[8],
  'n', ARGV[4], 'f', string.format('%d', tonumber(failures) + tonumber(ARGV[9])), 'a', first, 'z', now
}
if ARGV[11] ~= '' then
  letter[#letter + 1] = 'q'
  letter[#letter + 1] = ARGV[11]
end
-- The fields of the entry follow under names of their own, so that none of them can pass for one of the letter.
copyFields(letter, entry[2], '=')
redis.call(unpack(letter))
return { 1, redis.call('XLEN', KEYS[3]) }
