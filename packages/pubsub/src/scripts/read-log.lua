-- Reads one page of a channel's history together with its head, so that both are of the same moment.
-- KEYS[1]  the head: 'epoch:offset' of the newest message
-- KEYS[2]  the history, a stream whose entry ids are the offsets
-- ARGV[1]  the epoch the reader knows; when the head has another one, reading starts at the oldest message
-- ARGV[2]  the offset to start at, inclusive
-- ARGV[3]  how many messages at most
-- Returns  { head or false, the frames of the messages }
local head = redis.call('GET', KEYS[1])
if not head then return { false, {} } end
local from = '-'
if string.match(head, '^([%w_-]+):') == ARGV[1] then from = ARGV[2] .. '-0' end
local frames = {}
for i, entry in ipairs(redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', ARGV[3])) do
  frames[i] = entry[2][2] or ''
end
return { head, frames }
