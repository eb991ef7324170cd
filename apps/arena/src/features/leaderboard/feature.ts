import type { EventSink } from '@penknife/core';
import { createLeaderboard, type LeaderboardEvent, ScoreBoundsError, type View } from '@penknife/leaderboard';
import { createPubSub } from '@penknife/pubsub';
import { createEventStream } from '@penknife/pubsub/sse';
import type { Feature } from '../../feature.js';
import { idempotencyKeyOf, idempotentHeaders } from '../../idempotency.js';
import { playerOf } from '../../player.js';
import { visitorOf } from '../../visitor.js';
import { boards, game, gameMoves, moveOf, order, playRound, showRows, tiePolicies } from './boards.js';
import script from './panel.browser.js?raw';
import html from './panel.html?raw';

const boardsQuery = {
  type: 'object',
  properties: {
    ties: { type: 'string', enum: tiePolicies, default: 'competition' },
    friends: { type: 'string', pattern: '^(player-[0-9a-f]{6}(,player-[0-9a-f]{6}){0,19})?$', default: '' },
  },
} as const;

interface BoardsQuery {
  readonly ties: (typeof tiePolicies)[number];
  readonly friends: string;
}

/** A game everybody plays: every round is one submit to two boards, each read is one look, and what moves is pushed to the page. */
export const leaderboardFeature: Feature = {
  name: 'leaderboard',
  title: 'Leaderboard',
  html,
  script,
  register({ app, driver }) {
    const pubsub = createPubSub(driver);
    const moves = pubsub.channel(gameMoves);
    const moved = createEventStream(pubsub, gameMoves, { retry: '500ms' });
    const sink: EventSink<LeaderboardEvent> = {
      async emit(event) {
        const move = moveOf(event);
        if (move !== null) await moves.publish(game, move);
      },
    };
    const scores = createLeaderboard(driver, { name: 'arena-game', order, boards, events: { sink } });

    app.get('/api/leaderboard/moves', async (request, reply) =>
      reply.send(await moved.respond(request, game)),
    );
    app.get<{ Querystring: BoardsQuery }>(
      '/api/leaderboard',
      { schema: { querystring: boardsQuery } },
      async (request, reply) => {
        const player = playerOf(visitorOf(request, reply));
        const asked = { top: 5, around: player, aroundCount: 3 };
        const show = ({ total, top, around }: View<typeof order, never>) => ({
          players: total,
          top: showRows(top, player),
          around: showRows(around ?? [], player),
        });
        const circle = new Set([player, ...request.query.friends.split(',').filter((name) => name !== '')]);
        const friends = scores
          .board('total')
          .friends([...circle], { ties: request.query.ties, global: true });
        const views = (['today', 'total'] as const).map((board) =>
          scores.board(board).view(asked, { ties: request.query.ties }),
        );
        const [today, total] = (await Promise.all(views)).map(show);
        return { player, today, total, friends: showRows(await friends, player) };
      },
    );

    app.post('/api/leaderboard', { schema: { headers: idempotentHeaders } }, async (request, reply) => {
      const player = playerOf(visitorOf(request, reply));
      const key = idempotencyKeyOf(request);
      try {
        // Sent again under its key a round gets the answer of the first time, whatever is drawn now.
        const { boards: outcome, repeated } = await scores.submit(
          player,
          { points: playRound(driver.random) },
          { key, ties: 'competition' },
        );
        // Whoever looks at the boards, on whichever instance, is told that they moved.
        await moves.publish(game, { player, news: null, board: null, passed: [] });
        const { previous, current, delta } = outcome.total;
        const points = (current?.score.points ?? 0) - (previous?.score.points ?? 0);
        return { player, points, rank: current?.rank ?? null, delta, best: outcome.today.isBest, repeated };
      } catch (error) {
        if (!(error instanceof ScoreBoundsError)) throw error;
        return reply.code(409).send({ error: 'this player has all the points there are' });
      }
    });
    return () => pubsub.close();
  },
};
