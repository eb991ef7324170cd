-- Enters invalidations into the log, raises the floors they mean, and tells every process.
-- KEYS[1]  the invalidation record
-- KEYS[2]  the log
-- KEYS[3]  the processes with a tier of their own
-- KEYS[4…] the records of the tags among the invalidations, in their order
-- ARGV[1]  origin, should the record have to be made
-- ARGV[2]  how many invalidations the log keeps
-- ARGV[3]  how long the log lives without another, ms
-- ARGV[4]  the channel
-- ARGV[5]  the channel on which processes are to confirm; '-': nobody waits for them
-- ARGV[6]  who invalidates
-- ARGV[7]  origin that the caller knows; '-': none
-- ARGV[8]  position that it knows of it
-- ARGV[9…] kind and id by turns, at most 100: 'key', 'clear' (everything is removed), 'expire' (everything is expired),
--          'remove-tag' or 'expire-tag'
-- Returns  { the record, process… }; the processes only when they are to confirm, and 1001 of them at most
local record = readRecord(KEYS[1], KEYS[2], ARGV[1], ARGV[7], ARGV[8])
-- A stream of somebody else may stand where the log was lost: it is left alone.
if not record or isLogged(KEYS[2], '-') == false then return redis.error_reply(foreignLog) end
local now = nowMs()
local told = {}
local nextTag = 4
for i = 9, #ARGV, 2 do
  local kind, id = ARGV[i], ARGV[i + 1]
  record.position = record.position + 1
  if kind == 'clear' or kind == 'expire' then
    record.expired = record.position
    if kind == 'clear' then record.removed = record.position end
  elseif kind ~= 'key' then
    -- What bears a tag without a record is missed anyway.
    local tag = readTag(KEYS[nextTag], record)
    if tag and tag.untilMs > now then
      tag.expired = record.position
      if kind == 'remove-tag' then tag.removed = record.position end
      tag.raisedMs, tag.by = now, ARGV[6]
      writeTag(KEYS[nextTag], record, tag, now)
    end
    nextTag = nextTag + 1
  end
  local at = string.format('%.0f-0', record.position)
  local entered = redis.pcall('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], at, kind, id)
  if type(entered) == 'table' and entered.err then
    -- Unless it is ahead of its record, the log is not to blame: it is not ours, or memory is full.
    if not isLogged(KEYS[2], at) then return entered end
    -- Ahead of its record, which lost something, it begins anew: whoever is behind it drops everything.
    redis.call('DEL', KEYS[2])
    redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], at, kind, id)
  end
  told[#told + 1] = kind .. ' ' .. id
end
local text = recordText(record)
redis.call('SET', KEYS[1], text)
redis.call('PEXPIRE', KEYS[2], ARGV[3])
local last = string.format('%.0f', record.position)
-- Who may not publish has invalidated all the same: the log tells.
redis.pcall('PUBLISH', ARGV[4], record.origin .. ' ' .. last .. ' ' .. ARGV[5] .. ' ' .. table.concat(told, ' '))
local answer = { text }
if ARGV[5] ~= '-' then
  redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
  for _, member in ipairs(redis.call('ZRANGE', KEYS[3], 0, 1000)) do answer[#answer + 1] = member end
end
return answer
