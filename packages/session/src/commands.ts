import {
  type Arg,
  type Command,
  defineScript,
  fragments,
  integerReply,
  type Reply,
  refuse,
  type ScriptCall,
} from '@penknife/core';
import { dueSetFragments } from '@penknife/machinery';
import { type Answer, answerReply, fieldsReply } from './answer.js';
import awaitEndLua from './scripts/await-end.lua';
import buryLua from './scripts/bury.lua';
import checkLua from './scripts/check.lua';
import createLua from './scripts/create.lua';
import destroyLua from './scripts/destroy.lua';
import forgetLua from './scripts/forget.lua';
import freshenLua from './scripts/freshen.lua';
import keepOnlyLua from './scripts/keep-only.lua';
import leaveLua from './scripts/leave.lua';
import listLua from './scripts/list.lua';
import loadLua from './scripts/load.lua';
import lookOverLua from './scripts/look-over.lua';
import restoreLua from './scripts/restore.lua';
import revokeAllLua from './scripts/revoke-all.lua';
import rotateLua from './scripts/rotate.lua';
import saveLua from './scripts/save.lua';
import stateLua from './scripts/session-state.lua';

/** A script over a session and its user's sessions, as the README names its arguments. */
export type SessionScript = ScriptCall<Answer, number, number>;

const shared = [fragments.nowMs, stateLua];

function sessionScript(act: string, lua: string, repeatable: boolean): SessionScript {
  return defineScript({
    name: `session/${act}`,
    lua,
    fragments: shared,
    keys: 'any' as number | 'any',
    args: 'any' as number | 'any',
    ...(repeatable && { repeatable: true as const }),
    read: answerReply(`session/${act}`),
  });
}

/** Load and touch. Harmless twice. */
export const loadScript: SessionScript = sessionScript('load', loadLua, true);
/** Creation. Twice is once, as long as what it made was not ended; then it stays ended. */
export const createScript: SessionScript = sessionScript('create', createLua, true);
/** Changes of fields. Not repeatable: another's later change would be undone by the second run. */
export const saveScript: SessionScript = sessionScript('save', saveLua, false);
/** Rotation. Twice with the same new id is once. */
export const rotateScript: SessionScript = sessionScript('rotate', rotateLua, true);
/** Leaving for another slot. Twice for the same place is once. */
export const leaveScript: SessionScript = sessionScript('leave', leaveLua, true);
/** The end. Harmless twice. */
export const destroyScript: SessionScript = sessionScript('destroy', destroyLua, true);
/** A proof of who the user is. Harmless twice. */
export const freshenScript: SessionScript = sessionScript('freshen', freshenLua, true);
/** A look whether it lives. */
export const checkScript: SessionScript = sessionScript('check', checkLua, true);
/** A look whether it has run out. */
export const lookOverScript: SessionScript = sessionScript('look-over', lookOverLua, true);
/** The end of all others. Not repeatable: a login in between would be ended too. */
export const keepOnlyScript: SessionScript = sessionScript('keep-only', keepOnlyLua, false);

const restoreScript: ScriptCall<boolean, 2, number> = defineScript({
  name: 'session/restore',
  lua: restoreLua,
  fragments: shared,
  keys: 2,
  args: 'any' as number | 'any',
  repeatable: true,
  read: (reply) => integerReply('session/restore')(reply) === 1,
});

/** Puts back a session that left and was not taken in. True when it lives again. */
export function restore(keys: readonly [string, string], args: readonly Arg[]): Command<boolean> {
  return restoreScript(keys, args);
}

/** The list of a user's sessions as it is kept, with the server's time. */
export interface UserSessions {
  readonly nowMs: number;
  readonly fields: ReadonlyMap<string, string>;
}

const listScript: ScriptCall<UserSessions, 1, 0> = defineScript({
  name: 'session/list',
  lua: listLua,
  fragments: [fragments.nowMs],
  keys: 1,
  args: 0,
  repeatable: true,
  read(reply: Reply): UserSessions {
    if (!Array.isArray(reply) || reply.length !== 2) return refuse('session/list', 'an array of 2', reply);
    return {
      nowMs: integerReply('session/list')(reply[0]),
      fields: fieldsReply('session/list')(reply[1]),
    };
  },
});

/** Reads the list of a user's sessions. */
export function listSessions(userKey: string): Command<UserSessions> {
  return listScript([userKey], []);
}

const revokeAllScript: ScriptCall<boolean, 1, 1> = defineScript({
  name: 'session/revoke-all',
  lua: revokeAllLua,
  fragments: shared,
  keys: 1,
  args: 1,
  repeatable: true,
  read: (reply) => integerReply('session/revoke-all')(reply) === 1,
});

/** Ends all sessions of a user: they live only while this key names them. True when there was one. */
export function forgetUser(userKey: string, channel: string): Command<boolean> {
  return revokeAllScript([userKey], [channel]);
}

const buryScript: ScriptCall<boolean, 2, 3> = defineScript({
  name: 'session/bury',
  lua: buryLua,
  fragments: shared,
  keys: 2,
  args: 3,
  repeatable: true,
  read: (reply) => integerReply('session/bury')(reply) === 1,
});

/** Removes a session that has run out and was told of. */
export function bury(
  keys: readonly [string, string],
  args: readonly [entry: string, idleMs: number, channel: string],
): Command<boolean> {
  return buryScript(keys, args);
}

const awaitEndScript: ScriptCall<number, 1, 3> = defineScript({
  name: 'session/await-end',
  lua: awaitEndLua,
  fragments: [fragments.nowMs, ...dueSetFragments],
  keys: 1,
  args: 3,
  repeatable: true,
  read: integerReply('session/await-end'),
});

/** Notes that the session of a public id is to be looked at in so many ms. */
export function awaitEnd(dueKey: string, inMs: number, keepMs: number, publicId: string): Command<number> {
  return awaitEndScript([dueKey], [inMs, keepMs, publicId]);
}

const forgetScript: ScriptCall<boolean, 2, 3> = defineScript({
  name: 'session/forget',
  lua: forgetLua,
  fragments: shared,
  keys: 2,
  args: 3,
  repeatable: true,
  read: (reply) => integerReply('session/forget')(reply) === 1,
});

/**
 * Takes a session that stands elsewhere now off the list of its user. False when it was not on it any more: it was ended
 * meanwhile. Twice is once.
 */
export function forgetEntry(
  keys: readonly [string, string],
  args: readonly [entry: string, to: string, channel: string],
): Command<boolean> {
  return forgetScript(keys, args);
}
