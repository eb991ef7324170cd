-- Decides for one or several limits, all or nothing: charges every one of them when every one has room, else none.
-- KEYS     the state of each limit; then, in the order of the limits, reservations (flag r) and penalty of those that have one
-- ARGV[1]  'p' only look; 'c <token>' charge; 'w <µs>' book up to that far ahead; 'r <token> <µs>' charge and reserve
-- ARGV[2…] for each limit its cost, and its words: rule, three parameters, horizon, flags (d charges what is denied,
--          l waits for the queue, r reserves), penalty or '-'
-- Returns  for each limit: 1 room, 0 none, -1 blocked; remaining; retry after ms (-1 never); reset ms; delay ms; receipt
local now = nowMicros()
local act, first, second = string.match(ARGV[1], '^(%a) ?(%S*) ?(%S*)$')
local waits = act == 'w'
local patience = waits and tonumber(first) or 0
local count = (#ARGV - 1) / 2
local keyCount = count
local limits = {}
local room = true
for i = 1, count do
  local name, a, b, c, horizon, flags, ladder =
    string.match(ARGV[2 * i + 1], '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+)$')
  local limit = { cost = tonumber(ARGV[2 * i]), flags = flags, blocked = 0 }
  limits[i] = limit
  if flags ~= '-' and string.find(flags, 'r', 1, true) then
    keyCount = keyCount + 1
    limit.reservations = KEYS[keyCount]
    expireReservations(limit.reservations, KEYS[i], now, ARGV[2 * i + 1])
  end
  local meter = rules[name](KEYS[i], now, tonumber(a), tonumber(b), tonumber(c), tonumber(horizon))
  limit.meter = meter
  if ladder ~= '-' then
    keyCount = keyCount + 1
    limit.blocked, limit.strike = penalty(KEYS[keyCount], now, ladder)
  end
  local wait = meter.wait(limit.cost)
  local delay = wait
  if flags ~= '-' and string.find(flags, 'l', 1, true) then delay = math.max(wait, meter.queued) end
  limit.wait, limit.delay = wait, delay
  limit.fits = limit.blocked == 0 and wait >= 0 and wait <= patience and (not waits or delay <= patience)
  room = room and limit.fits
end

local answer = {}
for i = 1, count do
  local limit = limits[i]
  local meter, cost, wait = limit.meter, limit.cost, limit.wait
  local receipt = ''
  if act ~= 'p' then
    if room then
      receipt = meter.charge(cost, wait, first)
      if act == 'r' and limit.reservations then
        local ends = now + tonumber(second)
        redis.call('ZADD', limit.reservations, string.format('%.0f', ends), first .. '/' .. cost .. '/' .. receipt)
        -- For as long as its units could count: whoever died is to be given back, however late somebody asks.
        local counts = math.max(tonumber(second), meter.reset())
        redis.call('PEXPIRE', limit.reservations, math.ceil(counts / 1000) + 60000)
      end
    elseif not limit.fits and limit.blocked == 0 then
      local taken = math.min(cost, meter.remaining())
      if string.find(limit.flags, 'd', 1, true) then
        if taken > 0 then meter.charge(taken, 0, first) end
        if wait >= 0 then wait = meter.wait(cost) end
      end
      if limit.strike then limit.blocked = limit.strike() end
    end
  end
  local retry = 0
  if limit.wait < 0 then
    retry = -1
  elseif not limit.fits then
    if wait == 0 and limit.blocked == 0 then wait = limit.delay - patience end
    retry = math.ceil(math.max(limit.blocked, wait) / 1000)
  end
  local delay = limit.fits and math.ceil(limit.delay / 1000) or 0
  local state = limit.blocked > 0 and -1 or (limit.fits and 1 or 0)
  local base = 6 * (i - 1)
  answer[base + 1], answer[base + 2], answer[base + 3] = state, meter.remaining(), retry
  answer[base + 4], answer[base + 5], answer[base + 6] = math.ceil(meter.reset() / 1000), delay, receipt
end
return answer
