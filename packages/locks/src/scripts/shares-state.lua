-- The state of what several may hold at once (a semaphore, a read-write lock) as one text, and what its scripts do with it.
-- <fence>:<limit>:<holders>:<waiters>:<gone>
--   limit    how much may be held in sum
--   holders  token,weight,until,fence,owner;   one lease for each, ended on its own; what is free is counted, never kept
--   waiters  token,way,weight,expiry,since;    in the order in which they are served; ways as in mutex-state.lua
--   gone     the last tokens, of 16 characters, that were given back before they had anything: their acquire may still come
-- Times are server ms. Times and sizes: lease/terms.ts.
-- KEYS    none: these are functions
-- ARGV    none
-- Returns nothing
local foreign = 'FOREIGN the key of this lock holds a value that is no lock'
local foreignLimit = 'FOREIGNLIMIT the key of the limit holds a value that is no limit'

-- The limit that was set at a key of its own, else what the caller says; nil: that key holds something else.
local function limitOf(key, own)
  local set = key and redis.pcall('GET', key)
  if not set then return tonumber(own) end
  return type(set) == 'string' and #set <= 7 and string.match(set, '^[1-9]%d*$') and tonumber(set) or nil
end

-- What stands there, without the leases that ended and the waiters that fell silent.
local function readState(text, now)
  local state = { fence = 0, limit = 0, used = 0, holders = {}, waiters = {}, gone = '' }
  if not text then return state end
  local fence, limit, holders, waiters, gone =
    string.match(text, '^(%d+):(%d+):([%w_.@/,;-]*):([%w_,;-]*):([%w_-]*)$')
  if not fence then return nil end
  state.fence, state.limit, state.gone = tonumber(fence), tonumber(limit), gone
  for token, weight, till, minted, owner in string.gmatch(holders, '([^,]+),(%d+),(%d+),(%d+),([^;]*);') do
    if tonumber(till) > now then
      local holder = { token = token, weight = tonumber(weight), till = tonumber(till), fence = minted, owner = owner }
      state.holders[#state.holders + 1] = holder
      state.used = state.used + holder.weight
    end
  end
  for token, way, weight, expiry, since in string.gmatch(waiters, '([^,]+),(%a),(%d+),(%d+),(%d+);') do
    if tonumber(expiry) > now then
      state.waiters[#state.waiters + 1] =
        { token = token, way = way, weight = tonumber(weight), expiry = tonumber(expiry), since = tonumber(since) }
    end
  end
  return state
end

local function writeState(key, state, now)
  local lifeMs = memoryMs
  local holders, waiters = {}, {}
  for i, one in ipairs(state.holders) do
    if one.till - now + memoryMs > lifeMs then lifeMs = one.till - now + memoryMs end
    holders[i] = string.format('%s,%.0f,%.0f,%s,%s;', one.token, one.weight, one.till, one.fence, one.owner)
  end
  for i, one in ipairs(state.waiters) do
    waiters[i] = string.format('%s,%s,%.0f,%.0f,%.0f;', one.token, one.way, one.weight, one.expiry, one.since)
  end
  if #waiters > 0 then lifeMs = lifeMs + waiterMs end
  local head = string.format('%.0f:%.0f:', state.fence, state.limit)
  local text = head .. table.concat(holders) .. ':' .. table.concat(waiters) .. ':' .. state.gone
  redis.call('SET', key, text, 'PX', lifeMs)
end

local function find(list, token)
  for i, one in ipairs(list) do
    if one.token == token then return one, i end
  end
end

local function give(state, token, weight, owner, till, micros)
  state.fence = math.max(state.fence + 1, micros)
  local holder = { token = token, weight = weight, till = till, fence = string.format('%.0f', state.fence), owner = owner }
  state.holders[#state.holders + 1] = holder
  state.used = state.used + weight
  return holder
end

-- Serves the waiters in their order while there is room: each gets a short lease, and a word to claim it. The first for whom
-- there is no room stops all behind; one who wants more than there is at all stops nobody. Those who cannot be reached now
-- keep their place. The lease of `me`, who is here, is returned instead of told.
local function serve(key, state, micros, now, me)
  local base = string.match(key, '^([^{]+):[^:{]+:{')
  local kept, full, mine = {}, false, nil
  for _, one in ipairs(state.waiters) do
    local room = state.used + one.weight <= state.limit and #state.holders < mostHolders
    if one.weight <= state.limit and not room then full = true end
    if full or not room then
      kept[#kept + 1] = one
    elseif one.token == me then
      mine = give(state, one.token, one.weight, '', now, micros)
    else
      -- Without the right to publish nobody is reached; those who never count on it take what is granted all the same.
      local reached = redis.pcall('PUBLISH', base .. ':wake:' .. string.sub(one.token, 1, 9), one.token .. key)
      if (type(reached) == 'number' and reached > 0) or one.way == 'n' then
        give(state, one.token, one.weight, '', now + claimMs, micros)
      else
        kept[#kept + 1] = one
      end
    end
  end
  state.waiters = kept
  return mine
end
