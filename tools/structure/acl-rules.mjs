// The ACL rules that a README grants: pieces of code that read as a server takes them, `~keys &channels +command`.

/** Subscriptions: a driver sends them, and the README of whoever listens grants them. */
export const subscriptions = [
  'SUBSCRIBE',
  'UNSUBSCRIBE',
  'PSUBSCRIBE',
  'PUNSUBSCRIBE',
  'SSUBSCRIBE',
  'SUNSUBSCRIBE',
];

/** Whatever stands in code and starts like a rule. @param {string} text */
export function grantedRules(text) {
  return [...text.matchAll(/`([~&+%][^`]*)`/g)].flatMap(([, span = '']) => span.split(' '));
}

/** Those that grant a category, all keys or all channels: a README names what it needs. @param {readonly string[]} rules */
export function sweepingRules(rules) {
  return rules.filter((rule) => /^\+@|^\+?all|^~\*$|^&\*$/.test(rule));
}
