/**
 * Shared pieces of Lua, put before a script's own text by `defineScript({ fragments })`.
 * Each is constant text that defines one local function; the name of the constant is the name of the function.
 */
export const fragments: {
  readonly nowMs: string;
  readonly nowMicros: string;
  readonly micros: string;
  readonly foreignKey: string;
} = {
  /** `nowMs()`: the server's clock in whole milliseconds. */
  nowMs: `local function nowMs()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end`,
  /** `nowMicros()`: the server's clock in microseconds, a number below 2^53. */
  nowMicros: `local function nowMicros()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end`,
  /** `micros(n)`: prints a count of microseconds exactly (tostring would round it to 14 digits). */
  micros: `local function micros(n)
  return string.format('%.0f', n)
end`,
  /**
   * `foreignKey(types)`: an error reply with the code FOREIGN when a key of the call holds another type than the list of types
   * says, else nil. A script that returns it first of all writes nothing before it meets data that is not its own.
   */
  foreignKey: `local function foreignKey(types)
  for i, wanted in ipairs(types) do
    local found = redis.call('TYPE', KEYS[i]).ok
    if found ~= 'none' and found ~= wanted then
      return redis.error_reply('FOREIGN key number ' .. i .. ' of the script holds a ' .. found .. ', not a ' .. wanted)
    end
  end
end`,
};
