-- Shared by the scripts of this package: what a submit says besides its boards, and when it happened.
-- KEYS     the rounds there are, by when they end; as asked for: who is banned; the memory of a key; the last entry of an
--          outbox that was applied here; the outbox and the places that outboxes reach
-- ARGV     member; tie policy of the ranks in the answer; what is asked for (`b` members can be banned, `o` remembered once,
--          `e` an entry of an outbox, `t` it happened earlier, `m` metadata, `p` who was passed, `q` to be put into the outbox);
--          for `o` how long it is remembered, ms, and what is remembered behind the answer; for `e` the id of the entry; for `t` when, ms; for `m` the metadata; for `p`
--          how many are named; for `q` the text of the entry, how many places it is for, their names. Then the number of
--          columns; per column: 'v', the digit, the change of the digit | 't', 1 asc or -1 desc, unit in ms
-- Returns  nothing, or from the whole script { 'again', the answer of then; of an entry how it was refused, or nothing }
local member, policy, asked = take(), take(), take()
local rounds = takeKey()
local banned, once, rememberMs, behind, seen, entry, occurredAt, metadata, named, outbox, reached, queued, places
if asked ~= '' then
  local function asks(what) return string.find(asked, what, 1, true) end
  -- Two ids of a stream, `<ms>-<number>`.
  local function comesAfter(id, other)
    local ms, number = string.match(id, '^(%d+)-(%d+)$')
    local otherMs, otherNumber = string.match(other, '^(%d+)-(%d+)$')
    if ms ~= otherMs then return tonumber(ms) > tonumber(otherMs) end
    return tonumber(number) > tonumber(otherNumber)
  end
  if asks('b') then banned = redis.call('SISMEMBER', takeKey(), member) == 1 end
  if asks('o') then
    once, rememberMs, behind = takeKey(), take(), take()
    local answer = redis.call('GET', once)
    if answer then return { 'again', answer } end
  end
  if asks('e') then
    seen, entry = takeKey(), take()
    local had = redis.call('GET', seen)
    if had then
      -- The last one and, behind a space, how it was refused: its relay may not have heard of that.
      local last, refusal = string.match(had, '^(%S+) ?(%a*)$')
      if not comesAfter(entry, last) then return { 'again', entry == last and refusal or '' } end
    end
  end
  if asks('t') then occurredAt = tonumber(take()) end
  if asks('m') then metadata = take() end
  if asks('p') then named = tonumber(take()) end
  if asks('q') then
    outbox, reached, queued, places = takeKey(), takeKey(), take(), {}
    for i = 1, tonumber(take()) do places[i] = take() end
  end
end

local clock, moment = nil, nil
local function now()
  clock = clock or nowMs()
  return clock
end
local function happened()
  moment = moment or (occurredAt and math.min(occurredAt, now())) or now()
  return moment
end

local columns = {}
for i = 1, tonumber(take()) do
  local time = take() == 't'
  local read = time and take or takeDigit
  columns[i] = { time = time, first = read(), second = read() }
end
