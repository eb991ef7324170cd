import { packageBuild } from '@penknife/config/tsup';

export default packageBuild(['src/index.ts', 'src/event-store.ts', 'src/otel.ts']);
