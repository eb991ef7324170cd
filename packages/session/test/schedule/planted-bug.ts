import { createHash } from 'node:crypto';
import type { Command, Driver } from '@penknife/core';

/** Mistakes that other session stores make, put into one script each. */
export type PlantedBug =
  | 'save re-creates'
  | 'save writes the whole document'
  | 'save ignores its conditions'
  | 'index is not asked'
  | 'rotation leaves the old one'
  | 'login copies and lets live'
  | 'logout does not follow'
  | 'put back unasked'
  | 'another login is not asked whether it was ended'
  | 'a move is not asked whether it was ended'
  | 'a move that is asked again is not known'
  | 'a leaving that is asked again is not known'
  | 'what was put back leaves again'
  | 'a logout that is asked again forgets the way'
  | 'a move is not followed'
  | 'ends are not told'
  | 'what was revoked is told as expired'
  | 'a save takes the messages of others'
  | 'times of fields are dropped'
  | 'what ran out stays'
  | 'a store writes the whole document'
  | 'a store writes what is over'
  | 'a store leaves no tombstone'
  | 'a store does not ask its index'
  | 'a store keeps the first end'
  | 'a value is read and then removed by two'
  | 'an ended session leaves no tombstone'
  | 'each count begins the time anew'
  | 'an older copy stays';

interface Plant {
  /** Scripts by name; the first text is replaced by the second. */
  readonly in: readonly string[];
  readonly was: string;
  readonly is: string;
}

const guarded = ['load', 'save', 'leave'];

const plants: Readonly<Record<PlantedBug, Plant>> = {
  'save re-creates': {
    in: ['save'],
    was: "if found.state ~= 'live' then return otherwise(found) end",
    is: `if found.state ~= 'live' then
      found = {
        state = 'live', flat = {}, since = '0', marker = ARGV[5], generation = ARGV[4], born = now, seen = now, ends = now + 60000,
        rotated = now, fresh = now,
      }
      renewHead(found)
      redis.call('DEL', KEYS[1])
      redis.call('HSET', KEYS[1], unpack(own(found)))
      redis.call('PEXPIRE', KEYS[1], 60000)
    end`,
  },
  // As JSON stores do: what the request did not see is not in its document.
  'save writes the whole document': {
    in: ['save'],
    was: "if found.generation ~= ARGV[4] then return { 'generation' } end",
    is: `for i = 1, #found.flat, 2 do
      if string.sub(found.flat[i], 1, 2) == '.n' then redis.call('HDEL', KEYS[1], found.flat[i]) end
    end`,
  },
  'save ignores its conditions': {
    in: ['save'],
    was: 'if #conflicts > 1 then return conflicts end',
    is: '',
  },
  'index is not asked': {
    in: guarded,
    was: "if not over and user and redis.call('HEXISTS', userKey, entry) == 0 then return { state = 'revoked' } end",
    is: '',
  },
  'rotation leaves the old one': {
    in: ['rotate'],
    was: "redis.call('RENAME', KEYS[1], KEYS[2])",
    is: "redis.call('COPY', KEYS[1], KEYS[2]) if not found.user then return answer(found, now) end",
  },
  'login copies and lets live': {
    in: ['leave'],
    was: "redis.call('RENAME', KEYS[1], KEYS[3])",
    is: "if true then return { 'live', now, found.flat } end",
  },
  'logout does not follow': {
    in: ['destroy'],
    was: 'if way then\n',
    is: "if way then return { found.followed and 'ended' or 'none' } end if way then\n",
  },
  'put back unasked': {
    in: ['restore'],
    was: "if ARGV[4] == '1' and redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then return 0 end",
    is: "redis.call('HSET', KEYS[2], ARGV[1], listed(now, now, now + 60000)) redis.call('PEXPIRE', KEYS[2], 60000)",
  },
  'another login is not asked whether it was ended': {
    in: ['create'],
    was: "if not replaced then return { 'revoked' } end",
    is: '',
  },
  'a move is not asked whether it was ended': { in: ['forget'], was: 'return 0', is: 'return 1' },
  'a move that is asked again is not known': {
    in: ['forget'],
    was: "redis.call('HSET', KEYS[2], 'o', ARGV[2])",
    is: '',
  },
  'a leaving that is asked again is not known': {
    in: ['leave'],
    was: "found.state == 'moved' and found.to == ARGV[4]",
    is: 'false',
  },
  'a logout that is asked again forgets the way': {
    in: ['destroy'],
    was: "if way then redis.call('HSET', KEYS[1], 'o', way) end",
    is: '',
  },
  'what was put back leaves again': {
    in: ['leave'],
    was: "if redis.call('EXISTS', KEYS[3]) == 1 then return { 'taken' } end",
    is: '',
  },
  'a move is not followed': {
    in: ['leave'],
    was: 'pointer(ARGV[8]',
    is: "pointer('s'",
  },
  'ends are not told': {
    in: ['destroy'],
    was: "if found.state == 'live' or found.state == 'moved' then tell(ARGV[5], KEYS[2]) end",
    is: '',
  },
  'what was revoked is told as expired': {
    in: ['look-over'],
    was: "if found.user and redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then return { 'revoked' } end",
    is: '',
  },
  'a save takes the messages of others': {
    in: ['save'],
    was: 'if runOut(value, now) then gone',
    is: 'if string.byte(name) == 33 then gone',
  },
  'times of fields are dropped': {
    in: ['save', 'create'],
    was: "return '@' .. text(now + life) .. ':' .. rest",
    is: 'return rest',
  },
  'what ran out stays': {
    in: ['save'],
    was: 'return untilMs and untilMs <= now',
    is: 'return false',
  },
  'a store writes the whole document': {
    in: ['document-put'],
    was: "if not loaded then redis.call('DEL', KEYS[1]) end",
    is: "redis.call('DEL', KEYS[1])",
  },
  'a store writes what is over': {
    in: ['document-put'],
    was: "if state ~= 'live' and (loaded or state ~= 'none') then return { state } end",
    is: "if state ~= 'live' then flat = {} end",
  },
  'a store leaves no tombstone': {
    in: ['document-end'],
    was: "redis.call('HSET', KEYS[1], '@', 'T1')",
    is: '',
  },
  'a store does not ask its index': {
    in: ['document-get', 'document-put'],
    was: "if not redis.call('ZSCORE', index, entry) then return 'revoked' end",
    is: '',
  },
  'a store keeps the first end': {
    in: ['document-put'],
    was: "local sets, gone = { '@', 'D1j ' .. ends }, {}",
    is: "if loaded then ends = string.match(flat[2], '%d+$') end local sets, gone = { '@', 'D1j ' .. ends }, {}",
  },
  'a value is read and then removed by two': {
    in: ['value-take'],
    was: "redis.call('DEL', KEYS[1])",
    is: "redis.call('PEXPIRE', KEYS[1], 1)",
  },
  'an ended session leaves no tombstone': {
    in: ['value-take'],
    was: "redis.call('SET', KEYS[1], 'T', 'PX', ARGV[1])",
    is: "redis.call('DEL', KEYS[1])",
  },
  'each count begins the time anew': { in: ['value-count'], was: 'if count == 1 then', is: 'if count then' },
  'an older copy stays': { in: ['value-drop'], was: "then redis.call('DEL', KEYS[1]) end", is: 'then end' },
};

/** Rewrites the commands of a bug's scripts, as a store with that bug would send them. */
export function planted(bug: PlantedBug): (command: Command<unknown>) => Command<unknown> {
  const plant = plants[bug];
  return (command) => {
    const { script } = command;
    if (script === undefined || !plant.in.some((name) => script.name === `session/${name}`)) return command;
    const lua = script.lua.replace(plant.was, () => plant.is);
    if (lua === script.lua) throw new Error(`${script.name} has changed: "${bug}" is not planted`);
    const sha1 = createHash('sha1').update(lua).digest('hex');
    const [name, , ...rest] = command.args;
    return { ...command, args: [name, sha1, ...rest], script: { ...script, lua, sha1 } };
  };
}

/** A process with this bug; without one the driver as it is. */
export function withBug(driver: Driver, bug: PlantedBug | undefined): Driver {
  if (bug === undefined) return driver;
  const rewrite = planted(bug);
  return { ...driver, send: (command, call) => driver.send(rewrite(command) as typeof command, call) };
}
