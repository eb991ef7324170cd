import { packageBuild } from '@penknife/config/tsup';

export default packageBuild([
  'src/index.ts',
  'src/express.ts',
  'src/fastify.ts',
  'src/hono.ts',
  'src/web.ts',
  'src/express-session.ts',
  'src/fastify-session.ts',
  'src/better-auth.ts',
]);
