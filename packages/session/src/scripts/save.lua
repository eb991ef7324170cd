-- Applies changes of single fields to a session that is live and of the generation they were made for. Nothing else is
-- written: fields that others changed meanwhile stay. All of the changes or none.
-- KEYS[1]  the session
-- KEYS[2]  its user's sessions
-- ARGV[1]  the session's entry there
-- ARGV[2]  idle time in ms              ARGV[3]  ms of it that must be used up before it is written again
-- ARGV[4]  generation                   ARGV[5]  marker: one of another version of the data starts a generation
-- ARGV[6]  most data fields             ARGV[7]  most bytes of their names and values
-- ARGV[8…] changes, four each: 's' set or 'd' delete; field; value, `+<ms>:…` to hold for so long; '*' in any case, '-' when absent, '=…' when equal
-- Returns  { 'live', now, { field, value, … } } without data; { 'conflict', field, … }; { 'generation' };
--          { 'limit', 'fields' | 'bytes' }; { 'moved', to, generation, 1, arriving 0|1 }; { 'superseded' | 'revoked' | 'none' | 'foreign' }
local now = nowMs()
local found = look(KEYS[1], KEYS[2], ARGV[1], now, tonumber(ARGV[2]))
if found.state ~= 'live' then return otherwise(found) end
if found.generation ~= ARGV[4] then return { 'generation' } end

local at, gone, count, bytes = {}, {}, 0, 0
for i = 1, #found.flat, 2 do
  local name, value = found.flat[i], found.flat[i + 1]
  if isData(name) then
    if runOut(value, now) then gone[#gone + 1] = name else
      at[name] = value
      count = count + 1
      bytes = bytes + #name - 1 + #value
    end
  end
end
local conflicts = { 'conflict' }
for i = 8, #ARGV, 4 do
  local name, expected = ARGV[i + 1], ARGV[i + 3]
  if expected ~= '*' and expected ~= (at[name] and '=' .. at[name] or '-') then conflicts[#conflicts + 1] = name end
end
if #conflicts > 1 then return conflicts end

local sets, grows = {}, false
for i = 8, #ARGV, 4 do
  local name = ARGV[i + 1]
  local before = at[name]
  if before then
    count = count - 1
    bytes = bytes - (#name - 1 + #before)
  end
  if ARGV[i] == 's' then
    local value = dated(ARGV[i + 2], now)
    if not before or #value > #before then grows = true end
    count = count + 1
    bytes = bytes + #name - 1 + #value
    sets[#sets + 1] = name
    sets[#sets + 1] = value
  else
    gone[#gone + 1] = name
  end
end
-- A session above a limit that came down later may still shrink.
if grows and count > tonumber(ARGV[6]) then return { 'limit', 'fields' } end
if grows and bytes > tonumber(ARGV[7]) then return { 'limit', 'bytes' } end

if #gone > 0 then redis.call('HDEL', KEYS[1], unpack(gone)) end
if #sets > 0 then redis.call('HSET', KEYS[1], unpack(sets)) end
if found.marker ~= ARGV[5] then
  found.marker = ARGV[5]
  found.generation = text(found.generation + 1)
  redis.call('HSET', KEYS[1], '@', renewHead(found))
end
touch(found, KEYS[1], KEYS[2], ARGV[1], now, tonumber(ARGV[2]), tonumber(ARGV[3]))
return answer(found, now)
