-- The state of one mutex as one text, and what every script of the mutex does with it.
-- <fence>:<until>:<token>:<owner>:<waiters>; one key, so an act costs one GET and one SET, and nothing can outlive its TTL alone.
--   until    end of the lease in server ms; 0: released, and the token stays so that a late repeat of its acquire is known
--   waiters  records of 43 bytes in the order of their arrival: token 16, way 1, expiry ms 13, since ms 13
--   way      p: a push to this waiter can be counted; n: it cannot (a cluster, or a process that may not subscribe);
--            g: waits for nothing, and stands in front of all: given back before it had anything, so its acquire may still come
-- Times and sizes: mutex/terms.ts.
-- KEYS    none: these are functions
-- ARGV    none
-- Returns nothing
local foreign = 'FOREIGN the key of this lock holds a value that is no lock'

local function readState(text)
  if not text then return { fence = 0, till = 0, token = '', owner = '', waiters = '' } end
  local fence, till, token, owner, waiters =
    string.match(text, '^(%d+):(%d+):([%w_-]*):([%w_.@/-]*):([%w_-]*)$')
  if not fence or #waiters % recordSize ~= 0 then return nil end
  return { fence = tonumber(fence), till = tonumber(till), token = token, owner = owner, waiters = waiters }
end

local function writeState(key, state, now)
  local lifeMs = memoryMs
  if state.till > now then lifeMs = lifeMs + state.till - now end
  if state.waiters ~= '' then lifeMs = lifeMs + waiterMs end
  local text = string.format('%.0f:%.0f:', state.fence, state.till)
    .. state.token .. ':' .. state.owner .. ':' .. state.waiters
  redis.call('SET', key, text, 'PX', lifeMs)
end

local function give(state, token, owner, leaseMs, micros, now)
  state.fence = math.max(state.fence + 1, micros)
  state.till = now + leaseMs
  state.token = token
  state.owner = owner
end

-- Where the record of a token starts; nil: it does not wait.
local function placeOf(waiters, token)
  local at = string.find(waiters, token, 1, true)
  while at and (at - 1) % recordSize ~= 0 do at = string.find(waiters, token, at + 1, true) end
  return at
end

local function without(waiters, at)
  return string.sub(waiters, 1, at - 1) .. string.sub(waiters, at + recordSize)
end

-- How many of the records in front are of tokens that were given back.
local function goneIn(waiters)
  local gone = 0
  while string.sub(waiters, gone * recordSize + 17, gone * recordSize + 17) == 'g' do gone = gone + 1 end
  return gone
end

-- Whether a token was given back before it had anything.
local function isGone(state, token)
  local at = placeOf(state.waiters, token)
  return at and string.sub(state.waiters, at + 16, at + 16) == 'g'
end

-- Hands a lock that nobody holds to the first waiter who can be told, with a short time to claim it. Waiters who are
-- silent for too long are dropped; those who cannot be reached now keep their place. True: `me` comes before all others.
local function passOn(key, state, micros, now, me)
  local all = state.waiters
  local kept = ''
  local base = string.match(key, '^([^{]+):[^:{]+:{')
  for at = 1, #all, recordSize do
    local record = string.sub(all, at, at + recordSize - 1)
    local token = string.sub(record, 1, 16)
    if token == me then
      state.waiters = kept .. string.sub(all, at + recordSize)
      return true
    end
    local way = string.sub(record, 17, 17)
    if tonumber(string.sub(record, 18, 30)) <= now then
      -- Silent, or forgotten.
    elseif way == 'g' then
      kept = kept .. record
    else
      -- Without the right to publish nobody is reached; those who never count on it take what is granted all the same.
      local reached = redis.pcall('PUBLISH', base .. ':wake:' .. string.sub(token, 1, 9), token .. key)
      if (type(reached) == 'number' and reached > 0) or way == 'n' then
        state.waiters = kept .. string.sub(all, at + recordSize)
        give(state, token, '', claimMs, micros, now)
        return false
      end
      kept = kept .. record
    end
  end
  state.waiters = kept
  return me ~= nil
end
