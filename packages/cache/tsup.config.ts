import { packageBuild } from '@penknife/config/tsup';

export default packageBuild(['src/index.ts', 'src/fastify.ts', 'src/hono.ts', 'src/keyv.ts', 'src/next.ts']);
