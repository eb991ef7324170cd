-- Takes a member off some boards, with all that belongs to it.
-- KEYS     per board: the board, its distinct results if it keeps them, its metadata if it has any
-- ARGV[1]  the member
-- ARGV[2…] per board: 1 when there are distinct results, 1 when there is metadata, the tie radix, start and end of the
--          period the server's clock must be in (ms; both empty: any)
-- Returns  { 'ok', from how many boards it was taken } or { 'clock', the server's time in ms }; then nothing was done
local now = nowMs()
for at = 2, #ARGV, 5 do
  local start = ARGV[at + 3]
  if start ~= '' and (now < tonumber(start) or now >= tonumber(ARGV[at + 4])) then
    return { 'clock', exact(now) }
  end
end
local key = 0
local taken = 0
for at = 2, #ARGV, 5 do
  key = key + 1
  local board, groups, meta = KEYS[key], false, false
  if ARGV[at] == '1' then
    key = key + 1
    groups = KEYS[key]
  end
  if ARGV[at + 1] == '1' then
    key = key + 1
    meta = KEYS[key]
  end
  if drop(board, groups, meta, ARGV[1], tonumber(ARGV[at + 2])) then taken = taken + 1 end
end
return { 'ok', taken }
