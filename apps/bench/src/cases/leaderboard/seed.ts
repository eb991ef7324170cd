import type { Redis } from 'ioredis';

const chunk = 20_000;

/** Members named by a format and points as `pointsOf` has them; the place of a score is its distance from the most there can be. */
const packedSeed = `
local args = {}
for i = tonumber(ARGV[1]), tonumber(ARGV[2]) - 1 do
  args[#args + 1] = string.format('%.0f', 1000000 - (i * 7919) % 1000000)
  args[#args + 1] = string.format(ARGV[3], i)
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
  local place, member = table.concat(bytes), string.format(ARGV[3], i)
  redis.call('ZADD', KEYS[1], 0, place .. member)
  redis.call('HSET', KEYS[2], member, place)
end`;

/** The distinct results of a packed board. */
const denseSeed = `
for i = tonumber(ARGV[1]), tonumber(ARGV[2]) - 1 do
  local place = string.format('%.0f', 1000000 - (i * 7919) % 1000000)
  redis.call('ZADD', KEYS[1], place, place)
end`;

/** Metadata of thirty bytes. */
const metadataSeed = `
for i = tonumber(ARGV[1]), tonumber(ARGV[2]) - 1 do
  redis.call('HSET', KEYS[1], string.format(ARGV[3], i), string.format('{"name":"member %07d of all"}', i))
end`;

/** What is seeded: a board of a layout, or what lies beside one. */
export type Seeded = 'packed' | 'lexicographic' | 'dense' | 'metadata';

const seeds: Readonly<Record<Seeded, { readonly script: string; readonly kinds: readonly string[] }>> = {
  packed: { script: packedSeed, kinds: [':board:'] },
  lexicographic: { script: lexicographicSeed, kinds: [':board:', ':board-index:'] },
  dense: { script: denseSeed, kinds: [':board-groups:'] },
  metadata: { script: metadataSeed, kinds: [':board-meta:'] },
};

/** Fourteen bytes, as `nameOf` has them. */
export const nameFormat = 'player-%07d';

/** Fills a board by scripts that run on the server: five million members in half a minute. `key`: of its sorted set. */
export async function seed(
  client: Redis,
  key: string,
  members: number,
  what: Seeded,
  names: string = nameFormat,
): Promise<void> {
  const { script, kinds } = seeds[what];
  const keys = kinds.map((kind) => key.replace(':board:', kind));
  for (let from = 0; from < members; from += chunk) {
    await client.eval(script, keys.length, ...keys, from, Math.min(from + chunk, members), names);
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
