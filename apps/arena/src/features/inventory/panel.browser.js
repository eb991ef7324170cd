// Reserves, pays and cancels, and shows what is left.
import { press } from '/assets/press.js';

const refusals = {
  'sold-out': 'sold out',
  'customer-limit': 'three a visitor',
  over: 'the time to pay is over',
  unknown: 'the time to pay is over',
};

export function start(panel) {
  const part = (role) => panel.querySelector(`[data-role="${role}"]`);
  const reserved = [];
  let newest = 0;

  async function refresh() {
    const turn = ++newest;
    const response = await fetch('/api/inventory');
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const { free, held, sold, receipts } = await response.json();
    // Overtaken by a press: what comes after it is newer.
    if (turn !== newest) return;
    const shown = { free, held, sold, waiting: receipts.waiting + receipts.sending, sent: receipts.sent };
    for (const [role, count] of Object.entries(shown)) part(role).textContent = String(count);
    part('free').className = free === 0 ? 'bad' : '';
  }

  function say(text, good) {
    part('said').textContent = text;
    part('said').className = good ? 'good' : 'bad';
    for (const role of ['pay', 'cancel']) part(role).disabled = reserved.length === 0;
  }

  function onPress(role, act) {
    part(role).addEventListener('click', async () => {
      try {
        say(...(await act()));
        await refresh();
      } catch (error) {
        say(error.message, false);
      }
    });
  }
  onPress('reserve', async () => {
    const { ok, id, reason } = await press('/api/inventory/reserve');
    if (!ok) return [refusals[reason], false];
    reserved.push(id);
    return [`reserved, ${reserved.length} to pay`, true];
  });
  for (const [role, done] of [
    ['pay', 'paid, the receipt is on its way'],
    ['cancel', 'cancelled'],
  ]) {
    onPress(role, async () => {
      // Taken at once: a second press, before the answer, is about the next.
      const id = reserved.shift();
      if (id === undefined) return ['nothing is reserved', false];
      const { ok, reason } = await press(`/api/inventory/${role}`, { id }).catch((error) => {
        reserved.unshift(id);
        throw error;
      });
      return ok ? [done, true] : [refusals[reason], false];
    });
  }
  return { refresh, everyMs: 500 };
}
