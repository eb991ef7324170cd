import { packageBuild } from '@penknife/config/tsup';

export default packageBuild(['src/main.ts', 'src/worker.ts', 'src/attack.ts']);
