import { packageBuild } from '@penknife/config/tsup';

export default packageBuild(['src/index.ts', 'src/sse.ts', 'src/ws.ts', 'src/socket-io.ts']);
