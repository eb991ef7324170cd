-- Writes a session of a framework's store: the fields that changed of one that lives, or one that is new. Its end moves.
-- KEYS[1]  the session
-- KEYS[2]  the index of its shard
-- ARGV[1]  the session's entry there
-- ARGV[2]  ms until its end
-- ARGV[3]  1: it was loaded, so it must live, and other fields stay; 0: it may be new, and other fields go
-- ARGV[4]  most data fields             ARGV[5]  most bytes of their names and values
-- ARGV[6…] changes, three each: 's' set or 'd' delete; field; value
-- Returns  { 'live', now, {} }; { 'limit', 'fields' | 'bytes' }; { 'none' | 'revoked' | 'foreign' }
local now = nowMs()
local state, _, at = stand(KEYS[1], KEYS[2], ARGV[1], now)
local loaded = ARGV[3] == '1'
if state ~= 'live' and (loaded or state ~= 'none') then return { state } end
if not loaded then at = {} end

for i = 6, #ARGV, 3 do
  at[ARGV[i + 1]] = nil
  if ARGV[i] == 's' then at[ARGV[i + 1]] = ARGV[i + 2] end
end
local count, bytes = 0, 0
for name, value in pairs(at) do
  if string.byte(name) == 46 then
    count = count + 1
    bytes = bytes + #name - 1 + #value
  end
end
if count > tonumber(ARGV[4]) then return { 'limit', 'fields' } end
if bytes > tonumber(ARGV[5]) then return { 'limit', 'bytes' } end

if not loaded then redis.call('DEL', KEYS[1]) end
local ends = now + tonumber(ARGV[2])
local sets, gone = { '@', 'D1j', 'e', text(ends) }, {}
for i = 6, #ARGV, 3 do
  if ARGV[i] == 's' then
    sets[#sets + 1] = ARGV[i + 1]
    sets[#sets + 1] = ARGV[i + 2]
  else
    gone[#gone + 1] = ARGV[i + 1]
  end
end
redis.call('HSET', KEYS[1], unpack(sets))
if #gone > 0 then redis.call('HDEL', KEYS[1], unpack(gone)) end
redis.call('PEXPIREAT', KEYS[1], text(ends))

-- What comes takes away what has run out.
if not loaded then
  local over = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', text(now), 'LIMIT', 0, 50)
  if #over > 0 then redis.call('ZREM', KEYS[2], unpack(over)) end
end
redis.call('ZADD', KEYS[2], text(ends), ARGV[1])
if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[2]) then redis.call('PEXPIREAT', KEYS[2], text(ends)) end
return { 'live', now, {} }
