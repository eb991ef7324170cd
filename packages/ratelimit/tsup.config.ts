import { packageBuild } from '@penknife/config/tsup';

export default packageBuild([
  'src/index.ts',
  'src/express.ts',
  'src/fastify.ts',
  'src/hono.ts',
  'src/web.ts',
  'src/express-rate-limit.ts',
  'src/fastify-rate-limit.ts',
]);
