import type { Redis } from 'ioredis';

const chunk = 20_000;

/** Members and points as `nameOf` and `pointsOf` have them; the place of a score is its distance from the most there can be. */
const packedSeed = `
local args = {}
for i = tonumber(ARGV[1]), tonumber(ARGV[2]) - 1 do
  args[#args + 1] = string.format('%.0f', 1000000 - (i * 7919) % 1000000)
  args[#args + 1] = string.format('player-%07d', i)
  if #args == 4000 then
    redis.call('ZADD', KEYS[1], unpack(args))
    args = {}
  end
end
if #args > 0 then redis.call('ZADD', KEYS[1], unpack(args)) end`;

/** The same with places of eight bytes in front of the members, and the hash that knows them. */
const lexicographicSeed = `
for i = tonumber(ARGV[1]), tonumber(ARGV[2]) - 1 do
  local points, bytes = 1000000 - (i * 7919) % 1000000, {}
  for b = 8, 1, -1 do
    bytes[b] = string.char(points % 256)
    points = math.floor(points / 256)
  end
  local place, member = table.concat(bytes), string.format('player-%07d', i)
  redis.call('ZADD', KEYS[1], 0, place .. member)
  redis.call('HSET', KEYS[2], member, place)
end`;

/** Fills a board by scripts that run on the server: five million members in half a minute. */
export async function seed(
  client: Redis,
  key: string,
  members: number,
  layout: 'packed' | 'lexicographic',
): Promise<void> {
  const script = layout === 'packed' ? packedSeed : lexicographicSeed;
  const keys = layout === 'packed' ? [key] : [key, key.replace(':board:', ':board-index:')];
  for (let from = 0; from < members; from += chunk) {
    await client.eval(script, keys.length, ...keys, from, Math.min(from + chunk, members));
  }
}

/** By how many bytes a server grew. */
export async function bytesGrown(client: Redis, act: () => Promise<void>): Promise<number> {
  const used = async (): Promise<number> =>
    Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
  const before = await used();
  await act();
  return (await used()) - before;
}
