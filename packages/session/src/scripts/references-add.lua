-- Adds to the sessions that a user is said to have; what ended goes. Nothing else is taken away: whoever writes a list may not have
-- seen what another has added.
-- KEYS[1]  the list, a hash: entry -> end in ms, a space, and its text
-- ARGV[1]  most that are listed         ARGV[2…] entry, end, text, …
-- Returns  how many are listed
local now, last, ends = nowMs(), 0, {}
for i = 2, #ARGV, 3 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1] .. ' ' .. ARGV[i + 2]) end
local flat = redis.call('HGETALL', KEYS[1])
for i = 1, #flat, 2 do
  local at = tonumber(string.match(flat[i + 1], '^%d+')) or 0
  if at <= now then
    redis.call('HDEL', KEYS[1], flat[i])
  else
    last = math.max(last, at)
    ends[#ends + 1] = { entry = flat[i], at = at }
  end
end
local surplus = #ends - tonumber(ARGV[1])
if surplus > 0 then
  table.sort(ends, function(x, y) return x.at < y.at or (x.at == y.at and x.entry < y.entry) end)
  for i = 1, surplus do redis.call('HDEL', KEYS[1], ends[i].entry) end
end
if last > 0 then redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', last)) end
return #ends
