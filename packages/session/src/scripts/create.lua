-- Creates a session that must not exist yet; with a user also its place among the user's sessions, within their maximum.
-- Twice with the same arguments is once: what it made is found and answered again.
-- KEYS[1]  the session
-- KEYS[2]  its user's sessions
-- ARGV[1]  the session's entry there
-- ARGV[2]  idle time in ms
-- ARGV[3]  marker: L1, codec, version of the data
-- ARGV[4]  generation
-- ARGV[5]  absolute life in ms
-- ARGV[6]  born, in ms; '' : now       ARGV[7]  ends; '' : now and the absolute life       ARGV[8]  fresh; '' : now
-- ARGV[9]  user; '' : none             ARGV[10] description of the session for lists; '' : none
-- ARGV[11] most sessions of the user   ARGV[12] 'evict' the oldest, or 'refuse'
-- ARGV[13] entry that this one replaces: not listed any more, it was ended meanwhile; '' : none
-- ARGV[14] channel on which ends are told
-- ARGV[15] ms for which the key outlives its session, so that its end can be told; 0: it does not
-- ARGV[16] most sessions on the list that have ended and are not told of yet
-- ARGV[17…] data: field, value, …; a value `+<ms>:…` holds for so long
-- Returns  { 'live', now, { field, value, … } } | { 'refused' } | { 'revoked' } | { 'taken' }
local now = nowMs()
local entry, idle, user, kept = ARGV[1], tonumber(ARGV[2]), ARGV[9], tonumber(ARGV[15])
local found = look(KEYS[1], KEYS[2], entry, now, idle)
if found.state == 'live' and found.generation == ARGV[4] then return answer(found, now) end
if found.state == 'revoked' then return { 'revoked' } end
if found.state ~= 'none' or found.stub then return { 'taken' } end

local born = tonumber(ARGV[6]) or now
local ends = tonumber(ARGV[7]) or now + tonumber(ARGV[5])
if ends <= now then return { 'none' } end
if user ~= '' then
  local others, last, untold, replaced = {}, ends, 0, ARGV[13] == ''
  local flat = redis.call('HGETALL', KEYS[2])
  for i = 1, #flat, 2 do
    local name = flat[i]
    local b, s, e = string.match(flat[i + 1], '^(%d+) (-?%d+) (%d+)$')
    if b and #name == #entry then
      local over = b + math.min(s + idle, e + 0)
      if name == ARGV[13] then
        replaced = true
      elseif over + kept <= now or (over <= now and untold >= tonumber(ARGV[16])) then
        redis.call('HDEL', KEYS[2], name, 'i' .. name)
      elseif over <= now then
        untold = untold + 1
        last = math.max(last, b + e)
      else
        others[#others + 1] = { name = name, born = tonumber(b) }
        last = math.max(last, b + e)
      end
    end
  end
  if not replaced then return { 'revoked' } end
  local surplus = #others + 1 - tonumber(ARGV[11])
  if surplus > 0 then
    if ARGV[12] == 'refuse' then return { 'refused' } end
    table.sort(others, function(x, y) return x.born < y.born or (x.born == y.born and x.name < y.name) end)
    for i = 1, surplus do redis.call('HDEL', KEYS[2], others[i].name, 'i' .. others[i].name) end
    tell(ARGV[14], KEYS[2])
  end
  redis.call('HSET', KEYS[2], entry, listed(born, now, ends))
  if ARGV[13] ~= '' then redis.call('HDEL', KEYS[2], ARGV[13], 'i' .. ARGV[13]) end
  if ARGV[10] ~= '' then redis.call('HSET', KEYS[2], 'i' .. entry, ARGV[10]) end
  redis.call('PEXPIREAT', KEYS[2], text(last + kept))
end

local made = {
  marker = ARGV[3], generation = ARGV[4], born = born, seen = now, since = text(now - born), ends = ends, rotated = now,
  fresh = tonumber(ARGV[8]) or now, user = user ~= '' and user, kept = kept > 0 and ARGV[15],
}
renewHead(made)
if found.over then redis.call('DEL', KEYS[1]) end
local stored = own(made)
for i = 17, #ARGV, 2 do
  stored[#stored + 1] = ARGV[i]
  stored[#stored + 1] = dated(ARGV[i + 1], now)
end
redis.call('HSET', KEYS[1], unpack(stored))
redis.call('PEXPIREAT', KEYS[1], lasts(made, idle))
return answer(made, now)
