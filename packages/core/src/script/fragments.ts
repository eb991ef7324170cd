/**
 * Shared pieces of Lua, put before a script's own text by `defineScript({ fragments })`.
 * Each is constant text that defines one local function; the name of the constant is the name of the function.
 */
export const fragments: {
  readonly nowMs: string;
  readonly nowMicros: string;
  readonly micros: string;
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
};
