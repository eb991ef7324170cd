-- Gives dead letters back to their group with fresh budgets: under their own id while the log still has them, else as a
-- copy that only this group handles.
-- KEYS[1]  the log
-- KEYS[2]  the retries of the group
-- KEYS[3]  the failures of the group
-- KEYS[4]  the dead letters of the group
-- KEYS[5]  the stream that wakes
-- ARGV[1]  group
-- ARGV[2]  the consumer in whose name retries wait
-- ARGV[3…] ids of dead letters
-- Returns  how many were given back
local replayed = 0
local now = string.format('%.0f', nowMs())
for i = 3, #ARGV do
  local letter = redis.call('XRANGE', KEYS[4], ARGV[i], ARGV[i])[1]
  if letter then
    local origin
    local copy = { 'XADD', KEYS[1], '*' }
    for at = 1, #letter[2], 2 do
      local name, value = letter[2][at], letter[2][at + 1]
      if name == 'o' then origin = value end
      if string.sub(name, 1, 1) == '=' and name ~= '=>' and name ~= '=<' then
        copy[#copy + 1] = string.sub(name, 2)
        copy[#copy + 1] = value
      end
    end
    if #redis.call('XPENDING', KEYS[1], ARGV[1], origin, origin, 1) > 0 then
      -- It is being handled again already, since the group was created anew: its owner keeps it.
    elseif #redis.call('XRANGE', KEYS[1], origin, origin) > 0 then
      redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, origin, 'RETRYCOUNT', 0, 'FORCE', 'JUSTID')
      redis.call('HDEL', KEYS[3], origin)
      redis.call('ZADD', KEYS[2], now, origin)
    else
      for _, value in ipairs({ '>', ARGV[1], '<', origin }) do copy[#copy + 1] = value end
      redis.call(unpack(copy))
    end
    redis.call('XDEL', KEYS[4], ARGV[i])
    replayed = replayed + 1
  end
end
if replayed > 0 then wake(KEYS[5], ARGV[1]) end
return replayed
