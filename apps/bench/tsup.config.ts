import { packageBuild } from '@penknife/config/tsup';

export default packageBuild(
  {
    main: 'src/main.ts',
    'case-process': 'src/case-process.ts',
    contestant: 'src/contestant.ts',
    plots: 'src/plots/main.ts',
    'sale-plot': 'src/plots/sale.ts',
    'growth-plot': 'src/plots/growth.ts',
    holder: 'src/cases/streams/holder.ts',
    'crowd-member': 'src/cases/cache/crowd-member.ts',
    contender: 'src/cases/locks/contender.ts',
    'socket-clients': 'src/cases/pubsub/socket-clients.ts',
  },
  { noExternal: [/^@penknife\/redis-servers/] },
);
