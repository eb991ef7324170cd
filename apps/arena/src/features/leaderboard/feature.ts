import { createLeaderboard, ScoreBoundsError, type View } from '@penknife/leaderboard';
import type { Feature } from '../../feature.js';
import { idempotencyKeyOf, idempotentHeaders } from '../../idempotency.js';
import { playerOf } from '../../player.js';
import { visitorOf } from '../../visitor.js';
import { boards, order, playRound, showRows, tiePolicies } from './boards.js';
import script from './panel.browser.js?raw';
import html from './panel.html?raw';

const tiesQuery = {
  type: 'object',
  properties: { ties: { type: 'string', enum: tiePolicies, default: 'competition' } },
} as const;

/** A game everybody plays: every round is one submit to two boards, each read is one look. */
export const leaderboardFeature: Feature = {
  name: 'leaderboard',
  title: 'Leaderboard',
  html,
  script,
  register({ app, driver }) {
    const scores = createLeaderboard(driver, { name: 'arena-game', order, boards });

    app.get<{ Querystring: { ties: (typeof tiePolicies)[number] } }>(
      '/api/leaderboard',
      { schema: { querystring: tiesQuery } },
      async (request, reply) => {
        const player = playerOf(visitorOf(request, reply));
        const asked = { top: 5, around: player, aroundCount: 3 };
        const show = ({ total, top, around }: View<typeof order, never>) => ({
          players: total,
          top: showRows(top, player),
          around: showRows(around ?? [], player),
        });
        const views = (['today', 'total'] as const).map((board) =>
          scores.board(board).view(asked, { ties: request.query.ties }),
        );
        const [today, total] = (await Promise.all(views)).map(show);
        return { player, today, total };
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
        const { previous, current, delta } = outcome.total;
        const points = (current?.score.points ?? 0) - (previous?.score.points ?? 0);
        return { player, points, rank: current?.rank ?? null, delta, best: outcome.today.isBest, repeated };
      } catch (error) {
        if (!(error instanceof ScoreBoundsError)) throw error;
        return reply.code(409).send({ error: 'this player has all the points there are' });
      }
    });
    return undefined;
  },
};
