// Places orders, shows how far their fulfilment is, and replays dead letters.
import { press } from '/assets/press.js';

export function start(panel) {
  const part = (role) => panel.querySelector(`[data-role="${role}"]`);
  let newest = 0;

  async function refresh() {
    const turn = ++newest;
    const response = await fetch('/api/streams');
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const { waiting, inWork, retries, deadLetters, handled } = await response.json();
    // Overtaken by a press: what comes after it is newer.
    if (turn !== newest) return;
    const counts = Object.entries(handled);
    part('waiting').textContent = String(waiting);
    part('in-work').textContent = String(inWork);
    part('retries').textContent = String(retries);
    part('dead').textContent = String(deadLetters);
    part('dead').className = deadLetters > 0 ? 'bad' : '';
    part('handled').textContent = String(counts.reduce((sum, [, count]) => sum + count, 0));
    part('by').textContent = counts.map(([instance, count]) => `${instance} ${count}`).join(', ') || '–';
  }

  function onPress(role, path, body, say) {
    part(role).addEventListener('click', async () => {
      const said = part('said');
      try {
        said.textContent = say(await press(path, body));
        said.className = 'good';
        await refresh();
      } catch (error) {
        said.textContent = error.message;
        said.className = 'bad';
      }
    });
  }
  onPress('order', '/api/streams/orders', { kind: 'plain' }, () => 'ordered');
  onPress('cursed', '/api/streams/orders', { kind: 'cursed' }, () => 'ordered, cursed');
  onPress('replay', '/api/streams/replay', undefined, ({ replayed }) => `curse lifted, ${replayed} replayed`);
  return { refresh, everyMs: 400 };
}
