-- Appends scheduled messages that are due, or one that is wanted now. One that recurs is due again when it is planned; until
-- then it comes up once a minute to be planned, should whoever was to plan it have died.
-- KEYS[1]  when each scheduled message is due
-- KEYS[2]  the scheduled messages
-- KEYS[3]  the log
-- ARGV[1]  at most this many
-- ARGV[2]  only this one, due or not ('': all that are due)
-- ARGV[3]  keep about this many entries in the log ('': no bound)
-- ARGV[4]  keep about this many milliseconds of entries in the log ('': no bound)
-- Returns  { messages appended, ms until the next is due (-1: none is scheduled),
--          per message to be planned: { id, recurrence, time zone }, server time in ms }
local now = nowMs()
local ids = { ARGV[2] }
if ARGV[2] == '' then
  ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now), 'LIMIT', 0, ARGV[1])
end
local appended, unplanned = 0, {}
for _, id in ipairs(ids) do
  local packed = redis.call('HGET', KEYS[2], id)
  if not packed then
    redis.call('ZREM', KEYS[1], id)
  else
    local fields, recurrence, zone, planned = unpack(cmsgpack.unpack(packed))
    if planned == 1 or ARGV[2] ~= '' then
      addEntry(KEYS[3], ARGV[3], fields, 1, #fields)
      appended = appended + 1
    end
    if recurrence == '' then
      redis.call('HDEL', KEYS[2], id)
      redis.call('ZREM', KEYS[1], id)
    elseif ARGV[2] == '' then
      redis.call('HSET', KEYS[2], id, cmsgpack.pack({ fields, recurrence, zone, 0 }))
      redis.call('ZADD', KEYS[1], string.format('%.0f', now + 60000), id)
      unplanned[#unplanned + 1] = { id, recurrence, zone }
    end
  end
end
if appended > 0 then trimByAge(KEYS[3], ARGV[4]) end
return { appended, dueIn(KEYS[1], now), unplanned, now }
