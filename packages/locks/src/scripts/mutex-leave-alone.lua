-- The short way of a release, tried before the whole one: the token holds the mutex, nobody waits for it, and no request
-- under the token is under way.
-- KEYS[1]  the mutex
-- ARGV     as for the whole release
-- Returns  1; or goes on to the text that follows
local found = redis.call('GET', KEYS[1])
if found and not ARGV[2] then
  local fence, till, holder = string.match(found, '^(%d+):(%d+):([%w_-]+):[%w_.@/-]*:$')
  if holder == ARGV[1] and till ~= '0' then
    redis.call('SET', KEYS[1], fence .. ':0:' .. holder .. '::', 'PX', memoryText)
    return 1
  end
end
