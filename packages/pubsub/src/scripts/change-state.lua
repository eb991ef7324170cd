-- Sets or removes one key of a state when it stands at the expected version, and tells everybody, in one act.
-- KEYS[1]  the head: 'epoch:offset' of the newest change
-- KEYS[2]  the history of changes, a stream whose entry ids are the offsets
-- KEYS[3]  the channel
-- KEYS[4]  the entries, a hash: key to 'epoch:offset', a line feed, the value
-- ARGV[1]  the frame up to its position
-- ARGV[2]  the body: the change
-- ARGV[3]  the epoch to begin with when there is none; never used before
-- ARGV[4]  how many changes the history keeps
-- ARGV[5]  for how long after the last change, in ms
-- ARGV[6]  for how long head and entries are kept after the last change, in ms
-- ARGV[7]  PUBLISH or SPUBLISH
-- ARGV[8]  the key
-- ARGV[9]  '1' and the value, or '' to remove
-- ARGV[10] the version that is expected; '' for a key that is absent, '*' for any
-- ARGV[11] how many keys there may be
-- Returns  { 'changed', 'conflict', 'full' or 'absent', the key's version now or '', receivers }
local entry = redis.call('HGET', KEYS[4], ARGV[8])
local version = ''
if entry then version = string.match(entry, '^([^\n]*)\n') or '' end
if ARGV[10] ~= '*' and ARGV[10] ~= version then return { 'conflict', version, 0 } end
local removes = ARGV[9] == ''
if removes and not entry then return { 'absent', '', 0 } end
if not entry and redis.call('HLEN', KEYS[4]) >= tonumber(ARGV[11]) then return { 'full', '', 0 } end
local order = { ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7] }
local position, receivers = append(KEYS[1], KEYS[2], KEYS[3], { ARGV[1], ARGV[2] }, order)
if removes then
  redis.call('HDEL', KEYS[4], ARGV[8])
  position = ''
else
  redis.call('HSET', KEYS[4], ARGV[8], position .. '\n' .. string.sub(ARGV[9], 2))
end
redis.call('PEXPIRE', KEYS[4], ARGV[6])
return { 'changed', position, receivers }
