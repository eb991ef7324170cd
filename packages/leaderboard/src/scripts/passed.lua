-- Shared by the scripts of this package: whom a member passed.
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing; it defines local functions
-- Where the member stood and stands, from 1, and who is behind it now and was ahead; whoever enters comes from the very end.
local function passedBy(board, before)
  local after = indexOf(board, member)
  local passed = after and math.max(0, (before or board.total - 1) - after) or 0
  local names = {}
  if passed > 0 and named > 0 then
    local _, _, _, found = rowsOf(board, after + 1, math.min(passed, named))
    for i, name in ipairs(found) do names[i] = hexOf(name) end
  end
  local places = (before and before + 1 or '') .. ',' .. (after and after + 1 or '')
  return places .. ',' .. passed .. ',' .. table.concat(names, '|')
end
