-- Forgets who bought an item, a part of all customers at a time; nothing while any of it is held.
-- KEYS     see stock.lua
-- ARGV[4]  the item
-- ARGV[5]  where to go on: 0 at first, then what the last call returned
-- Returns  { 'done', where to go on, 0 at the end; how many were forgotten } | { 'short', how many are held }
if foreign then return foreign end
takeBack()
local held = levelOf(ARGV[4]).held
if held > 0 then return answer('short', whole(held)) end
local prefix = customerField(ARGV[4], '')
local found, fields = redis.call('HSCAN', KEYS[5], ARGV[5], 'COUNT', 100), {}
for i = 1, #found[2], 2 do
  local field = found[2][i]
  if string.sub(field, 1, #prefix) == prefix then fields[#fields + 1] = field end
end
if #fields > 0 then redis.call('HDEL', KEYS[5], unpack(fields)) end
return answer('done', found[1], whole(#fields))
