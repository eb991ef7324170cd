-- Sees to it that tags have records, for as long as an entry that bears them may live.
-- KEYS[1]  the invalidation record
-- KEYS[2]  the log
-- KEYS[3…] the records of the tags, at most 128
-- ARGV[1]  origin, should the record have to be made
-- ARGV[2]  how long each must live at least, ms
-- ARGV[3]  how long one lives that has to be made or prolonged, ms
-- ARGV[4]  origin that the caller knows; '-': none
-- ARGV[5]  position that it knows of it
-- Returns  { the record, the record of each tag… }
local record = readRecord(KEYS[1], KEYS[2], ARGV[1], ARGV[4], ARGV[5])
if not record then return redis.error_reply(foreignLog) end
local text = recordText(record)
if record.made then redis.call('SET', KEYS[1], text) end
local now = nowMs()
local answer = { text }
for i = 3, #KEYS do
  local tag = readTag(KEYS[i], record)
  if not tag then
    -- A record that was lost may have held a floor up to here: whatever was loaded before is missed.
    tag = { expired = record.position, removed = record.position, untilMs = 0, raisedMs = 0, by = '-' }
  end
  if tag.untilMs < now + tonumber(ARGV[2]) then tag.untilMs = now + tonumber(ARGV[3]) end
  answer[#answer + 1] = writeTag(KEYS[i], record, tag, now)
end
return answer
