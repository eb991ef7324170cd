-- What every script of a session starts from: what stands at its key now.
-- A session is a hash. Its own fields: '@' its head: `L1j<version of the data> <generation> <born> <ends> <rotated> <fresh>`, s when it was
-- seen, u its user, x ms for which the key outlives it. Born is in ms, all other times in ms since then. Data fields start with
-- a dot, flash messages with a `!`; a value `@<ms>:…` holds until then. Every value of its own stays below 64 bytes, so that a
-- small session is kept in one piece of memory.
-- Other kinds: '@' `P1 <kind> <followed until> <generation> <to>`, a pointer left by a rotation (f, followed), a change of the secret (m,
-- followed, and what it leads to may be on its way) or a login (s, superseded: not followed), with o, where it leads,
-- once a session that moved between two lists is off the first; T1, a tombstone, with o when a pointer stood there: `f` or `s`, followed
-- or not, and where it led.
-- A session of a user is live only while the user's hash names it: <entry> -> 'b s-b e-b', i<entry> -> its description.
-- KEYS     as the script that it stands before has them
-- ARGV     as the script that it stands before has them
-- Returns  nothing: it defines `text`, `listed`, `isData`, `dated`, `runOut`, `tell`, `look`, `renewHead`, `pointer`, `own`, `lasts`, `touch`, `otherwise` and `answer`
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
  local head, since, user, kept
  for i = 1, #flat, 2 do
    local name = flat[i]
    if name == '@' then head = flat[i + 1]
    elseif name == 's' then since = flat[i + 1]
    elseif name == 'u' then user = flat[i + 1]
    elseif name == 'x' then kept = flat[i + 1]
    end
  end
  -- A hash without its head is a stub that somebody else made: no session.
  if not head then return { state = 'none', stub = #flat > 0 } end
  if head == 'T1' then return { state = 'revoked' } end
  if string.byte(head) == 80 then
    local how, untilMs, following, to = string.match(head, '^P1 ([fms]) (%d+) (%d+) (.+)$')
    if not how then return { state = 'foreign' } end
    untilMs = tonumber(untilMs)
    return {
      state = 'moved', to = to, generation = following, untilMs = untilMs, followed = how ~= 's', arriving = how == 'm' and now < untilMs,
    }
  end
  local marker, generation, b, e, r, f = string.match(head, '^(L1%w+) (%d+) (%d+) (%d+) (-?%d+) (-?%d+)$')
  if not (marker and tonumber(since)) then return { state = 'foreign' } end
  local born = tonumber(b)
  local seen, ends = born + since, born + e
  local over = ends <= now or seen + idle <= now
  if not over and user and redis.call('HEXISTS', userKey, entry) == 0 then return { state = 'revoked' } end
  return {
    state = over and 'none' or 'live', over = over, flat = flat, head = head, since = since, marker = marker,
    generation = generation, born = born, seen = seen, ends = ends, rotated = born + r, fresh = born + f, user = user, kept = tonumber(kept) and kept,
  }
end

-- The head of a session that was changed, as it is stored and answered from now on.
local function renewHead(found)
  local born = found.born
  found.head = table.concat({
    found.marker, found.generation, text(born), text(found.ends - born), text(found.rotated - born), text(found.fresh - born),
  }, ' ')
  return found.head
end

local function pointer(how, untilMs, generation, to)
  return table.concat({ 'P1', how, text(untilMs), generation, to }, ' ')
end

-- What a session is, without its data, as it is stored.
local function own(found)
  local fields = { '@', found.head, 's', found.since }
  if found.user then
    fields[5] = 'u'
    fields[6] = found.user
  end
  if found.kept then
    fields[#fields + 1] = 'x'
    fields[#fields + 1] = found.kept
  end
  return fields
end

-- Until when the key of a session stands.
local function lasts(found, idle)
  return text(math.min(found.seen + idle, found.ends) + (found.kept or 0))
end

-- Extends the idle time of a live session, when at least `after` ms of it are used up. True when it did.
local function touch(found, sessionKey, userKey, entry, now, idle, after)
  if now - found.seen < after then return false end
  found.seen = now
  found.since = text(now - found.born)
  redis.call('HSET', sessionKey, 's', found.since)
  redis.call('PEXPIREAT', sessionKey, lasts(found, idle))
  if found.user then
    redis.call('HSET', userKey, entry, listed(found.born, now, found.ends))
  end
  return true
end

-- The answer for whatever is not live; a pointer is followed by whoever holds a session that was live before.
local function otherwise(found)
  if found.state ~= 'moved' then return { found.state } end
  if not found.followed then return { 'superseded' } end
  return { 'moved', found.to, found.generation, 1, found.arriving and 1 or 0 }
end

-- The answer for a live session: what it is, without its data.
local function answer(found, now)
  return { 'live', now, own(found) }
end
