// Plays rounds, and shows the boards as scores arrive: moves are pushed, and asked for now and then in case one was lost.
import { press } from '/assets/press.js';

const friendsKey = 'penknife-friends';
const mostFriends = 19;

export function start(panel) {
  const part = (role, within = panel) => within.querySelector(`[data-role="${role}"]`);
  const ties = part('ties');
  let rounds = 0;
  let newest = 0;
  let you;
  const friends = new Set(JSON.parse(localStorage.getItem(friendsKey) ?? '[]'));

  function befriend(player) {
    if (!friends.delete(player) && friends.size < mostFriends) friends.add(player);
    localStorage.setItem(friendsKey, JSON.stringify([...friends]));
    refresh().catch(() => undefined);
  }

  /** A player's name, to press: a friend or not. */
  function nameOf(player) {
    const name = document.createElement('button');
    name.type = 'button';
    name.className = 'name';
    name.textContent = player;
    name.setAttribute('aria-pressed', String(friends.has(player)));
    name.addEventListener('click', () => befriend(player));
    return name;
  }

  function rowOf({ rank, player, points, own, globalRank }) {
    const row = document.createElement('tr');
    if (own) {
      row.className = 'own';
      row.setAttribute('aria-current', 'true');
    }
    const cells = [rank, own ? `${player} (you)` : nameOf(player), points];
    if (globalRank !== undefined) cells.push(globalRank);
    for (const cell of cells) row.insertCell().append(typeof cell === 'number' ? String(cell) : cell);
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
    const response = await fetch(`/api/leaderboard?ties=${policy}&friends=${[...friends].join(',')}`);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const { player, today, total, friends: circle } = await response.json();
    // Overtaken by a press or by another policy: what comes after it is newer.
    if (turn !== newest) return;
    you = player;
    part('rows', part('friends')).replaceChildren(...(circle.length > 0 ? circle.map(rowOf) : [nobodyYet()]));
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
  /** Says what happened, and looks at the boards again: at once, and only once more for what happens meanwhile. */
  let looking = false;
  let again = false;
  async function look() {
    again = looking;
    if (looking) return;
    looking = true;
    // A look that fails here is made up for by the next turn.
    await refresh().catch(() => undefined);
    looking = false;
    if (again) await look();
  }
  const name = (player) => (player === you ? 'you' : player);
  const moves = new EventSource('/api/leaderboard/moves');
  moves.addEventListener('message', ({ data }) => {
    const { player, news, board, passed } = JSON.parse(data);
    if (news === 'newLeader') part('news').textContent = `${name(player)} took the lead (${board})`;
    else if (news === 'passed') {
      part('news').textContent = `${name(player)} passed ${passed.map(name).join(', ')} (${board})`;
    }
    panel.dataset.moves = String(Number(panel.dataset.moves ?? 0) + 1);
    look().catch(console.error);
  });
  moves.addEventListener('open', () => {
    panel.dataset.listening = 'true';
  });
  // A refresh that fails here is made up for by the next turn.
  ties.addEventListener('change', () => refresh().catch(() => undefined));
  return { refresh, everyMs: 5000 };
}
