import { integer, isOption } from '../../engine/arguments.js';
import { failure, syntaxError } from '../../engine/errors.js';
import { OK, type Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { TrackingState } from '../../engine/tracking.js';
import type { CommandFamily } from '../command-family.js';

const twoRedirects = failure('A client can only redirect to a single other client');
const noTarget = failure('The client ID you want redirect to does not exist');
const prefixNeedsBroadcast = failure('PREFIX option requires BCAST mode to be enabled');
const otherMode = failure(
  "You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it with a different mode.",
);
const optWithBroadcast = failure('OPTIN and OPTOUT are not compatible with BCAST');
const bothOptions = failure("You can't specify both OPTIN mode and OPTOUT mode");
const otherOption = failure(
  "You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it with a different mode.",
);
const cachingNeedsMode = failure(
  'CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled',
);
const yesNeedsOptIn = failure('CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.');
const noNeedsOptOut = failure('CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.');

function tracking(session: Session, args: readonly string[]): Reply {
  const { engine } = session;
  let redirect: number | undefined;
  const options = { broadcast: false, optIn: false, optOut: false, noLoop: false };
  const prefixes: string[] = [];
  for (let i = 3; i < args.length; i++) {
    const hasMore = i + 1 < args.length;
    if (isOption(args[i], 'REDIRECT') && hasMore) {
      if (redirect !== undefined) throw twoRedirects;
      redirect = integer(args[++i] as string);
      if (!engine.sessions.has(redirect)) throw noTarget;
    } else if (isOption(args[i], 'BCAST')) options.broadcast = true;
    else if (isOption(args[i], 'OPTIN')) options.optIn = true;
    else if (isOption(args[i], 'OPTOUT')) options.optOut = true;
    else if (isOption(args[i], 'NOLOOP')) options.noLoop = true;
    else if (isOption(args[i], 'PREFIX') && hasMore) prefixes.push(args[++i] as string);
    else throw syntaxError;
  }
  if (isOption(args[2], 'OFF')) {
    engine.tracking.disable(session);
    return OK;
  }
  if (!isOption(args[2], 'ON')) throw syntaxError;
  const present = session.tracking;
  if (!options.broadcast && prefixes.length > 0) throw prefixNeedsBroadcast;
  if (present !== undefined && present.broadcast !== options.broadcast) throw otherMode;
  if (options.broadcast && (options.optIn || options.optOut)) throw optWithBroadcast;
  if (options.optIn && options.optOut) throw bothOptions;
  if ((options.optIn && present?.optOut) || (options.optOut && present?.optIn)) throw otherOption;
  const allPrefixes = [...(present?.prefixes ?? []), ...prefixes];
  if (options.broadcast) refuseOverlap(prefixes, present?.prefixes ?? []);
  if (options.broadcast && allPrefixes.length === 0) allPrefixes.push('');
  const state: TrackingState = {
    ...options,
    redirect,
    prefixes: allPrefixes,
    broken: false,
    caching: undefined,
  };
  engine.tracking.enable(session, state);
  return OK;
}

function refuseOverlap(added: readonly string[], present: readonly string[]): void {
  added.forEach((prefix, i) => {
    const existing = present.find((other) => overlaps(prefix, other));
    const other = existing ?? added.slice(i + 1).find((one) => overlaps(prefix, one));
    if (other === undefined) return;
    const which = existing === undefined ? 'another provided' : 'an existing';
    throw failure(
      `Prefix '${prefix}' overlaps with ${which} prefix '${other}'. Prefixes for a single client must not overlap.`,
    );
  });
}

function overlaps(left: string, right: string): boolean {
  return left !== right && (left.startsWith(right) || right.startsWith(left));
}

function caching(session: Session, args: readonly string[]): Reply {
  const state = session.tracking;
  if (state === undefined || !(state.optIn || state.optOut)) throw cachingNeedsMode;
  if (isOption(args[2], 'YES')) {
    if (!state.optIn) throw yesNeedsOptIn;
    state.caching = true;
  } else if (isOption(args[2], 'NO')) {
    if (!state.optOut) throw noNeedsOptOut;
    state.caching = false;
  } else throw syntaxError;
  return OK;
}

function trackinginfo(session: Session): Reply {
  const state = session.tracking;
  const flags: string[] = [state === undefined ? 'off' : 'on'];
  if (state?.broadcast) flags.push('bcast');
  if (state?.optIn) flags.push('optin');
  if (state?.caching === true) flags.push('caching-yes');
  if (state?.optOut) flags.push('optout');
  if (state?.caching === false) flags.push('caching-no');
  if (state?.noLoop) flags.push('noloop');
  if (state?.broken) flags.push('broken_redirect');
  const redirect = state === undefined ? -1 : (state.redirect ?? 0);
  return session.map(['flags', session.set(flags), 'redirect', redirect, 'prefixes', state?.prefixes ?? []]);
}

/** CLIENT TRACKING and what belongs to it. */
export const clientTrackingCommands: CommandFamily = {
  'client|tracking': tracking,
  'client|caching': caching,
  'client|trackinginfo': trackinginfo,
  'client|getredir': (session) => (session.tracking === undefined ? -1 : (session.tracking.redirect ?? 0)),
};
