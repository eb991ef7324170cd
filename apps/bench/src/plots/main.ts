import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { admittedPlot } from './admitted-plot.js';
import { burstsAtEdges, steadyOverload } from './arrivals.js';
import { verdictsPlot } from './verdicts-plot.js';

// Draws the pictures of docs/rate-limiting.md. The simulator is exact and the plots have no chance in them: running it again
// writes the same files.
const folder = fileURLToPath(new URL('../../../docs/pictures/', import.meta.url));
mkdirSync(folder, { recursive: true });
const pictures = {
  'rate-limit-edge-verdicts.svg': verdictsPlot(burstsAtEdges),
  'rate-limit-edge-admitted.svg': admittedPlot(burstsAtEdges),
  'rate-limit-overload-verdicts.svg': verdictsPlot(steadyOverload),
  'rate-limit-overload-admitted.svg': admittedPlot(steadyOverload),
};
for (const [name, svg] of Object.entries(pictures)) {
  writeFileSync(`${folder}${name}`, `${svg}\n`);
  console.log(`docs/pictures/${name}`);
}
