-- Shared by the scripts of this package: what stands after a submit, by the operator of the board.
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing; it defines local functions
-- The new digits; nil when what stands stays; or nil and the number of the column that would leave its bounds.
local function decide(operator, old, limits, epoch)
  local new = {}
  local better = nil
  local older = nil
  for i = 1, #columns do
    local column = columns[i]
    if column.time then
      local ticks = math.floor((happened() - epoch) / tonumber(column.second))
      new[i] = digitOfTicks(ticks, limits[i], column.first == '-1')
      if old and older == nil and new[i] ~= old[i] then
        older = isBetter(new[i], old[i]) == (column.first == '1')
      end
    else
      if old and operator == 'sum' then new[i] = changed(old[i], column.second, limits[i])
      else new[i] = within(column.first, limits[i]) end
      if not new[i] then return nil, i end
      if old and better == nil and new[i] ~= old[i] then better = isBetter(new[i], old[i]) end
    end
  end
  if not old then return new end
  if operator == 'last' then
    if older then return nil end
    return new
  end
  if better == nil or (operator == 'best' and not better) then return nil end
  return new
end
