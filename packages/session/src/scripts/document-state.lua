-- What every script of a framework's store starts from: what stands at a session's key now.
-- Such a session is a hash: '@' (D1j, or T1 for a tombstone), e its end in ms, and a field with a dot for each field of its data.
-- It lives only while the index of its shard names it: a sorted set of entries by their ends.
-- KEYS     as the script that it stands before has them
-- ARGV     as the script that it stands before has them
-- Returns  nothing: it defines `text` and `stand`
local function text(n)
  return string.format('%.0f', n)
end

-- 'live' with its fields, 'none', 'revoked', or 'foreign'.
local function stand(key, index, entry, now)
  local flat = redis.pcall('HGETALL', key)
  if flat.err then return 'foreign' end
  if #flat == 0 then return 'none' end
  local at = {}
  for i = 1, #flat, 2 do at[flat[i]] = flat[i + 1] end
  if at['@'] == 'T1' then return 'revoked' end
  local ends = tonumber(at.e)
  if at['@'] ~= 'D1j' or not ends then return 'foreign' end
  if ends <= now then return 'none' end
  if not redis.call('ZSCORE', index, entry) then return 'revoked' end
  return 'live', flat, at
end
