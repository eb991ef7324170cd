// A machine without a Redis server skips what needs one: whoever starts servers in a test file asks first whether any can be had.

const SOURCE = '@penknife/redis-servers';
const STARTS = /\b(?:startServer|startCluster|startSentinel|leaseServer|leaseCluster|leaseSentinel)\b/;
const ASKS = /\brequireServers\b/;

/** @param {import('../workspace.mjs').Workspace} workspace @returns {import('../workspace.mjs').Finding[]} */
export function serversMayBeMissing(workspace) {
  return workspace.packages
    .filter((owner) => owner.name !== SOURCE)
    .flatMap((owner) => owner.files.filter((file) => /\.test\.ts$/.test(file.path)))
    .flatMap((file) => {
      const line = file.imports.find(({ specifier }) => specifier === SOURCE)?.line;
      if (line === undefined || !STARTS.test(file.bare) || ASKS.test(file.bare)) return [];
      const message = 'starts servers: ask requireServers() first, and skip where there are none';
      return [{ path: file.path, line, rule: 'servers-may-be-missing', message }];
    });
}
