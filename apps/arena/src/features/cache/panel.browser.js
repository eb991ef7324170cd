// Shows the catalogue with the tier each price came from, raises prices, and shows the hit rates of all instances.
import { press } from '/assets/press.js';

const percent = (share) => `${Math.round(100 * share)} %`;

export function start(panel) {
  const part = (role) => panel.querySelector(`[data-role="${role}"]`);
  const done = part('done');
  let presses = 0;

  async function act(run) {
    try {
      done.textContent = await run();
      done.className = 'good';
      await refresh();
    } catch (error) {
      done.textContent = error.message;
      done.className = 'bad';
    }
    presses++;
    done.dataset.presses = String(presses);
  }

  function rowOf({ name, cents, tier }) {
    let row = part('rows').querySelector(`[data-product="${name}"]`);
    if (row === null) {
      row = document.createElement('tr');
      row.dataset.product = name;
      for (let i = 0; i < 4; i++) row.insertCell();
      const raise = document.createElement('button');
      raise.type = 'button';
      raise.textContent = `Raise ${name}`;
      raise.addEventListener('click', () =>
        act(
          async () =>
            `${name} is ${((await press('/api/cache', { name })).cents / 100).toFixed(2)} everywhere`,
        ),
      );
      row.cells[3].append(raise);
      part('rows').append(row);
    }
    row.cells[0].textContent = name;
    row.cells[1].textContent = (cents / 100).toFixed(2);
    row.cells[2].textContent = tier;
    row.dataset.tier = tier;
  }

  function sharesOf({ instance, local, redis, loaded, given }) {
    const row = document.createElement('tr');
    row.dataset.instance = instance;
    for (const text of [instance, percent(local), percent(redis), percent(loaded), given]) {
      row.insertCell().textContent = String(text);
    }
    return row;
  }

  async function refresh() {
    const response = await fetch('/api/cache');
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const { products, rates } = await response.json();
    for (const product of products) rowOf(product);
    part('shares').replaceChildren(...rates.map(sharesOf));
  }

  part('clear').addEventListener('click', () =>
    act(async () => {
      await press('/api/cache/clear', {});
      return 'forgotten everywhere';
    }),
  );
  return { refresh, everyMs: 700 };
}
