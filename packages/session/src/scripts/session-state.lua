-- What every script of a session starts from: what stands at its key now.
-- A session is a hash. Its own fields: '@' kind, layout, codec and version of the data (L1j1), g generation, b born, s seen,
-- e ends and, where they are not b, r rotated and f fresh (all in ms), u user, x ms for which the key outlives its session.
-- Data fields start with a dot, flash messages with a `!`; a value `@<ms>:…` holds until then. Other kinds: P1, a pointer left by a rotation (to, g, w: followed until, k: f followed, s superseded),
-- and T1, a tombstone.
-- A session of a user is live only while the user's hash names it: <entry> -> 'b s-b e-b', i<entry> -> its description.
-- KEYS     as the script that it stands before has them
-- ARGV     as the script that it stands before has them
-- Returns  nothing: it defines `text`, `listed`, `isData`, `dated`, `runOut`, `tell`, `look`, `lasts`, `touch`, `otherwise` and `answer`
local function text(n)
  return string.format('%.0f', n)
end

local function listed(born, seen, ends)
  return text(born) .. ' ' .. text(seen - born) .. ' ' .. text(ends - born)
end

local function isData(name)
  local first = string.byte(name)
  return first == 46 or first == 33
end

-- A value as it is stored, from one as it is sent: `+<ms>:…` holds for so long from now.
local function dated(value, now)
  if string.byte(value) ~= 43 then return value end
  local life, rest = string.match(value, '^%+(%d+):(.*)$')
  return '@' .. text(now + life) .. ':' .. rest
end

local function runOut(value, now)
  if string.byte(value) ~= 64 then return false end
  local untilMs = tonumber(string.match(value, '^@(%d+):'))
  return untilMs and untilMs <= now
end

-- Tells who watches sessions of this tag to look again. A hint: where it cannot be told (no rights) the act stands all the same.
local function tell(channel, userKey)
  redis.pcall('PUBLISH', channel, userKey)
end

local function look(sessionKey, userKey, entry, now, idle)
  local flat = redis.pcall('HGETALL', sessionKey)
  if flat.err then return { state = 'foreign' } end
  local at = {}
  for i = 1, #flat, 2 do at[flat[i]] = flat[i + 1] end
  local marker = at['@']
  -- A hash without its marker is a stub that somebody else made: no session.
  if not marker then return { state = 'none', stub = #flat > 0 } end
  local kind = string.sub(marker, 1, 1)
  if string.sub(marker, 2, 2) ~= '1' then return { state = 'foreign' } end
  if kind == 'T' then return { state = 'revoked' } end
  if kind == 'P' then
    local untilMs = tonumber(at.w)
    if not (at.to and at.g and untilMs) then return { state = 'foreign' } end
    return { state = 'moved', to = at.to, generation = at.g, untilMs = untilMs, followed = at.k == 'f' }
  end
  local seen, ends, born = tonumber(at.s), tonumber(at.e), tonumber(at.b)
  if kind ~= 'L' or not (seen and ends and born and at.g) then return { state = 'foreign' } end
  if ends <= now or seen + idle <= now then return { state = 'none', over = { at = at, flat = flat, seen = seen, ends = ends } } end
  if at.u and redis.call('HEXISTS', userKey, entry) == 0 then return { state = 'revoked' } end
  return { state = 'live', at = at, flat = flat, generation = at.g, seen = seen, ends = ends, born = born, user = at.u }
end

-- Until when the key of a session stands.
local function lasts(at, seen, idle, ends)
  return text(math.min(seen + idle, ends) + (tonumber(at.x) or 0))
end

-- Extends the idle time of a live session, when at least `after` ms of it are used up.
local function touch(found, sessionKey, userKey, entry, now, idle, after)
  if now - found.seen < after then return end
  found.seen = now
  found.at.s = text(now)
  redis.call('HSET', sessionKey, 's', text(now))
  redis.call('PEXPIREAT', sessionKey, lasts(found.at, now, idle, found.ends))
  if found.user then
    redis.call('HSET', userKey, entry, listed(found.born, now, found.ends))
  end
end

-- The answer for whatever is not live; a pointer is followed by whoever holds a session that was live before.
local function otherwise(found)
  if found.state ~= 'moved' then return { found.state } end
  if not found.followed then return { 'superseded' } end
  return { 'moved', found.to, found.generation }
end

-- The answer for a live session: what it is, without its data.
local function answer(found, now)
  local fields = {}
  for _, name in ipairs({ '@', 'g', 'b', 's', 'r', 'f', 'e', 'u', 'x' }) do
    if found.at[name] then
      fields[#fields + 1] = name
      fields[#fields + 1] = found.at[name]
    end
  end
  return { 'live', now, fields }
end
