// The runtimes that packages are tried on, each as the npm registry has it, so that nothing but npm is needed.

/**
 * @typedef {object} Runtime
 * @property {string} name
 * @property {import('./commands.mjs').CommandLine} command what runs a JavaScript file, named as its last argument
 */

/** @param {string} pin package and exact version @param {string[]} command */
function fromRegistry(pin, ...command) {
  const [name = '', version = ''] = pin.split('@');
  const shown = `${{ node: 'Node', bun: 'Bun', deno: 'Deno' }[name] ?? name} ${version}`;
  return { name: shown, command: /** @type {const} */ (['npx', '--yes', '-p', pin, '--', ...command]) };
}

/** The lowest Node that is supported, the lines above it, Bun and Deno. @type {readonly Runtime[]} */
export const runtimes = [
  fromRegistry('node@20.19.0', 'node'),
  fromRegistry('node@22.23.3', 'node'),
  fromRegistry('node@24.21.0', 'node'),
  fromRegistry('node@26.10.0', 'node'),
  fromRegistry('bun@1.4.5', 'bun'),
  fromRegistry('deno@2.9.6', 'deno', 'run', '--allow-all'),
].map(({ name, command }) => ({ name, command: [...command] }));
