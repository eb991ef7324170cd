import { packageBuild } from '@penknife/config/tsup';

export default packageBuild(
  { main: 'src/main.ts', plots: 'src/plots/main.ts' },
  { noExternal: [/^@penknife\/redis-servers/] },
);
