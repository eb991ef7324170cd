-- Removes entries from the beginning of the log, and tells what of them some group had not finished.
-- KEYS[1]  the log
-- KEYS[2]  the stream for entries that are put aside
-- ARGV[1]  1: what every group has acknowledged may go
-- ARGV[2]  what is older than this many ms may go ('': no bound)
-- ARGV[3]  what exceeds this many entries may go ('': no bound)
-- ARGV[4]  keep at least this many entries
-- ARGV[5]  what some group has not acknowledged: keep, drop or aside
-- ARGV[6]  look at no more than this many entries
-- Returns  { entries removed, 1 when there may be more to remove, entries put aside,
--          names of the groups for whom the next entry had to stay,
--          per group that lost something: { name, not delivered, pending } }
local groups = {}
if redis.call('EXISTS', KEYS[1]) == 0 then return { 0, 0, 0, {}, {} } end
for _, fields in ipairs(rows(redis.call('XINFO', 'GROUPS', KEYS[1]))) do
  local oldest = fields.pending > 0 and redis.call('XPENDING', KEYS[1], fields.name)[2]
  groups[#groups + 1] = { name = fields.name, delivered = fields['last-delivered-id'], oldest = oldest }
end
local function unfinished(id)
  local names = {}
  for _, group in ipairs(groups) do
    local acked = not isBefore(group.delivered, id) and (not group.oldest or isBefore(id, group.oldest))
    if not acked then names[#names + 1] = group.name end
  end
  return names
end

local maxAge, maxLength, least = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local oldestMs = maxAge and nowMs() - maxAge
local length = redis.call('XLEN', KEYS[1])
local entries = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', ARGV[6])
local going, heldBack = 0, {}
for _, entry in ipairs(entries) do
  local id = entry[1]
  local left = length - going
  if left <= least then break end
  local names = unfinished(id)
  local may = ARGV[1] == '1' and #groups > 0 and #names == 0
  may = may or (oldestMs and tonumber(string.match(id, '^%d+')) < oldestMs) or (maxLength and left > maxLength)
  if not may then break end
  if ARGV[5] == 'keep' and #names > 0 then
    heldBack = names
    break
  end
  going = going + 1
end
if going == 0 then return { 0, 0, 0, heldBack, {} } end

-- What a group has not acknowledged among them: what it never got, and what is pending with it.
local missed, unread = {}, {}
if ARGV[5] ~= 'keep' then
  for _, group in ipairs(groups) do
    local undelivered, pending = 0, 0
    for at = going, 1, -1 do
      if not isBefore(group.delivered, entries[at][1]) then break end
      undelivered = undelivered + 1
      unread[at] = true
    end
    if group.oldest then
      local waits = {}
      local range = { entries[1][1], entries[going][1], going }
      for _, found in ipairs(redis.call('XPENDING', KEYS[1], group.name, unpack(range))) do waits[found[1]] = true end
      for at = 1, going do
        if waits[entries[at][1]] then
          pending = pending + 1
          unread[at] = true
        end
      end
    end
    if undelivered + pending > 0 then missed[#missed + 1] = { group.name, undelivered, pending } end
  end
end
local aside = 0
if ARGV[5] == 'aside' then
  for at = 1, going do
    if unread[at] then
      local copy = { 'XADD', KEYS[2], '*', '<', entries[at][1] }
      copyFields(copy, entries[at][2], '')
      redis.call(unpack(copy))
      aside = aside + 1
    end
  end
end
local removed = redis.call('XTRIM', KEYS[1], 'MAXLEN', string.format('%d', length - going))
local more = going == #entries and 1 or 0
return { removed, more, aside, heldBack, missed }
