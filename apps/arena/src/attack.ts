import { randomBytes } from 'node:crypto';
import { attackEdition } from './features/inventory/attack.js';

// `npm run attack -- [visitors] [address…]`, against instances that run: tries to oversell the limited edition, and tells what came of it.
const [visitors = '200', ...addresses] = process.argv.slice(2).filter((given) => given !== '--');
const report = await attackEdition({
  addresses: addresses.length === 0 ? ['http://127.0.0.1:3000'] : addresses,
  visitors: Number(visitors),
  seed: randomBytes(8).toString('hex'),
});
console.log(report);
if (report.wrongLooks.length > 0 || report.beyondLimit > 0 || report.paid > report.sold) process.exitCode = 1;
