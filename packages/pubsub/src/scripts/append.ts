/**
 * The Lua function `append(head, history, channel, message, order)`, put before every script that adds to a channel's order:
 * stores one message under the next offset and publishes it. When the counter is gone the order starts over: a new epoch, and
 * what is left of the old history goes. `message`: the frame up to its position, the body. `order`: an epoch never used
 * before, how many messages are kept, for how long in ms, for how long the head is, and PUBLISH or SPUBLISH. A long history
 * is cut when it is a hundredth too long: cutting one by one walks over what was cut before, and costs a fifth of the script.
 * Returns the position `epoch:offset`, and how many were sent it.
 */
export const append: string = `local function append(headKey, historyKey, channel, message, order)
  local head = redis.call('GET', headKey)
  local epoch, offset
  if head then epoch, offset = string.match(head, '^([%w_-]+):(%d+)$') end
  if not epoch then
    epoch, offset = order[1], 0
    redis.call('DEL', historyKey)
  end
  local number = string.format('%.0f', tonumber(offset) + 1)
  local position = epoch .. ':' .. number
  local frame = message[1] .. position .. '\\n' .. message[2]
  redis.call('SET', headKey, position, 'PX', order[4])
  local seldom = math.floor(tonumber(order[2]) / 100)
  if seldom > 1 and tonumber(number) % seldom > 0 then
    redis.call('XADD', historyKey, number .. '-0', 'm', frame)
  else
    redis.call('XADD', historyKey, 'MAXLEN', '=', order[2], number .. '-0', 'm', frame)
  end
  redis.call('PEXPIRE', historyKey, order[3])
  return position, redis.call(order[5], channel, frame)
end`;
