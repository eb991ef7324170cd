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

local at, conflicts, gone = {}, { 'conflict' }, {}
for i = 1, #found.flat, 2 do
  local name, value = found.flat[i], found.flat[i + 1]
  if isData(name) then
    if runOut(value, now) then gone[#gone + 1] = name else at[name] = value end
  end
end
for i = 8, #ARGV, 4 do
  local stored, expected = at[ARGV[i + 1]], ARGV[i + 3]
  if (expected == '-' and stored) or (string.sub(expected, 1, 1) == '=' and stored ~= string.sub(expected, 2)) then
    conflicts[#conflicts + 1] = ARGV[i + 1]
  end
end
if #conflicts > 1 then return conflicts end

local grows = false
for i = 8, #ARGV, 4 do
  local name, value = ARGV[i + 1], nil
  if ARGV[i] == 's' then value = dated(ARGV[i + 2], now) end
  if value and (not at[name] or #value > #at[name]) then grows = true end
  at[name] = value
end
local count, bytes = 0, 0
for name, value in pairs(at) do
  count = count + 1
  bytes = bytes + #name - 1 + #value
end
-- A session above a limit that came down later may still shrink.
if grows and count > tonumber(ARGV[6]) then return { 'limit', 'fields' } end
if grows and bytes > tonumber(ARGV[7]) then return { 'limit', 'bytes' } end

local sets = {}
for i = 8, #ARGV, 4 do
  if ARGV[i] == 's' then
    sets[#sets + 1] = ARGV[i + 1]
    sets[#sets + 1] = at[ARGV[i + 1]]
  else
    gone[#gone + 1] = ARGV[i + 1]
  end
end
if #gone > 0 then redis.call('HDEL', KEYS[1], unpack(gone)) end
if #sets > 0 then redis.call('HSET', KEYS[1], unpack(sets)) end
if found.marker ~= ARGV[5] then
  found.marker = ARGV[5]
  found.generation = text(found.generation + 1)
  redis.call('HSET', KEYS[1], '@', renewHead(found))
end
touch(found, KEYS[1], KEYS[2], ARGV[1], now, tonumber(ARGV[2]), tonumber(ARGV[3]))
return answer(found, now)
