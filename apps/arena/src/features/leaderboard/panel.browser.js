// Plays rounds, and keeps both boards moving.
import { press } from '/assets/press.js';

export function start(panel) {
  const part = (role, within = panel) => within.querySelector(`[data-role="${role}"]`);
  const ties = part('ties');
  let rounds = 0;
  let newest = 0;

  function rowOf({ rank, player, points, own }) {
    const row = document.createElement('tr');
    if (own) {
      row.className = 'own';
      row.setAttribute('aria-current', 'true');
    }
    for (const text of [rank, own ? `${player} (you)` : player, points]) {
      row.insertCell().textContent = String(text);
    }
    return row;
  }

  function nobodyYet() {
    const row = document.createElement('tr');
    const cell = row.insertCell();
    cell.colSpan = 3;
    cell.textContent = 'play a round to be on this board';
    return row;
  }

  function show(name, { top, around }) {
    const board = part(name);
    part('top', board).replaceChildren(...top.map(rowOf));
    part('around', board).replaceChildren(...(around.length > 0 ? around.map(rowOf) : [nobodyYet()]));
  }

  async function refresh() {
    const policy = ties.value;
    const turn = ++newest;
    const response = await fetch(`/api/leaderboard?ties=${policy}`);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const { today, total } = await response.json();
    // Overtaken by a press or by another policy: what comes after it is newer.
    if (turn !== newest) return;
    show('today', today);
    show('total', total);
    part('players').textContent = String(total.players);
    panel.dataset.ties = policy;
  }

  part('play').addEventListener('click', async () => {
    const round = part('round');
    try {
      const { points, rank, delta, best } = await press('/api/leaderboard');
      const moved = delta > 0 ? `, up ${delta}` : '';
      round.textContent = `+${points}, rank ${rank}${moved}${best ? ', best of today' : ''}`;
      round.className = 'good';
      await refresh();
    } catch (error) {
      round.textContent = error.message;
      round.className = 'bad';
    }
    rounds++;
    round.dataset.rounds = String(rounds);
  });
  // A refresh that fails here is made up for by the next turn.
  ties.addEventListener('change', () => refresh().catch(() => undefined));
  return { refresh, everyMs: 700 };
}
