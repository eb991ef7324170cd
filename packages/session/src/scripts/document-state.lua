-- What every script of a framework's store starts from: what stands at a session's key now.
-- Such a session is a hash: '@' its head, `D1j <end in ms>` (or T1 for a tombstone), a field with a dot for each field of its data, and
-- one with a `;` for each attribute of its cookie: below 64 bytes each, a small session is kept in one piece of memory.
-- It lives only while the index of its shard names it: a sorted set of entries by their ends.
-- KEYS     as the script that it stands before has them
-- ARGV     as the script that it stands before has them
-- Returns  nothing: it defines `text` and `stand`
local function text(n)
  return string.format('%.0f', n)
end

-- 'live' with its fields and its end, 'none', 'revoked', or 'foreign'.
local function stand(key, index, entry, now)
  local flat = redis.pcall('HGETALL', key)
  if flat.err then return 'foreign' end
  if #flat == 0 then return 'none' end
  local head = ''
  for i = 1, #flat, 2 do
    if flat[i] == '@' then head = flat[i + 1] end
  end
  if head == 'T1' then return 'revoked' end
  local ends = tonumber(string.match(head, '^D1j (%d+)$'))
  if not ends then return 'foreign' end
  if ends <= now then return 'none' end
  if not redis.call('ZSCORE', index, entry) then return 'revoked' end
  return 'live', flat, ends
end
