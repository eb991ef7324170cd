-- Writes a session of a framework's store: the fields that changed of one that lives, or one that is new. Its end moves.
-- KEYS[1]  the session
-- KEYS[2]  the index of its shard
-- ARGV[1]  the session's entry there
-- ARGV[2]  ms until its end
-- ARGV[3]  1: it was loaded, so it must live, and other fields stay; 0: it may be new, and other fields go
-- ARGV[4]  most data fields             ARGV[5]  most bytes of all fields' names and values
-- ARGV[6…] changes, three each: 's' set or 'd' delete; field; value
-- Returns  { 'live' }; { 'limit', 'fields' | 'bytes' }; { 'none' | 'revoked' | 'foreign' }
local now = nowMs()
local state, flat = stand(KEYS[1], KEYS[2], ARGV[1], now)
local loaded = ARGV[3] == '1'
if state ~= 'live' and (loaded or state ~= 'none') then return { state } end

local at = {}
if loaded then
  for i = 1, #flat, 2 do at[flat[i]] = flat[i + 1] end
  at['@'] = nil
end
local ends = text(now + tonumber(ARGV[2]))
local sets, gone = { '@', 'D1j ' .. ends }, {}
for i = 6, #ARGV, 3 do
  local name = ARGV[i + 1]
  if ARGV[i] == 's' then
    at[name] = ARGV[i + 2]
    sets[#sets + 1] = name
    sets[#sets + 1] = ARGV[i + 2]
  else
    at[name] = nil
    gone[#gone + 1] = name
  end
end
local count, bytes = 0, 0
for name, value in pairs(at) do
  if string.byte(name) == 46 then count = count + 1 end
  bytes = bytes + #name - 1 + #value
end
if count > tonumber(ARGV[4]) then return { 'limit', 'fields' } end
if bytes > tonumber(ARGV[5]) then return { 'limit', 'bytes' } end

if not loaded then redis.call('DEL', KEYS[1]) end
redis.call('HSET', KEYS[1], unpack(sets))
if #gone > 0 then redis.call('HDEL', KEYS[1], unpack(gone)) end
redis.call('PEXPIREAT', KEYS[1], ends)

-- What comes takes away what has run out.
if not loaded then
  local over = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', text(now), 'LIMIT', 0, 50)
  if #over > 0 then redis.call('ZREM', KEYS[2], unpack(over)) end
end
redis.call('ZADD', KEYS[2], ends, ARGV[1])
if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[2]) then redis.call('PEXPIREAT', KEYS[2], ends) end
return { 'live' }
