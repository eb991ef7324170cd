// Presses the button, shows the verdict with its header fields, draws what every algorithm said of the last presses, and
// keeps the remaining count live while tokens come back.
const shown = 40;
const fieldNames = ['ratelimit-policy', 'ratelimit', 'retry-after'];

export function start(panel) {
  const part = (role) => panel.querySelector(`[data-role="${role}"]`);
  const tokens = part('tokens');
  const rows = new Map();
  let burst = 5;
  let presses = 0;

  function show(state) {
    burst = Math.max(burst, state.remaining);
    tokens.replaceChildren(
      ...Array.from({ length: burst }, (_, i) => {
        const token = document.createElement('i');
        token.className = i < state.remaining ? 'full' : 'spent';
        return token;
      }),
    );
    tokens.setAttribute('aria-valuemax', String(burst));
    tokens.setAttribute('aria-valuenow', String(state.remaining));
    part('remaining').textContent = String(state.remaining);
    part('retry').textContent = state.allowed ? '' : `, next in ${state.retryAfterMs} ms`;
  }

  function draw(verdicts) {
    for (const [algorithm, allowed] of Object.entries(verdicts)) {
      let row = rows.get(algorithm);
      if (row === undefined) {
        row = document.createElement('p');
        row.dataset.algorithm = algorithm;
        row.append(Object.assign(document.createElement('span'), { textContent: algorithm }));
        rows.set(algorithm, row);
        part('picture').append(row);
      }
      row.append(Object.assign(document.createElement('i'), { className: allowed ? 'full' : 'spent' }));
      if (row.children.length > shown + 1) row.children[1].remove();
    }
  }

  async function ask(method, path = '') {
    const response = await fetch(`/api/ratelimit${path}`, { method });
    if (!response.ok && response.status !== 429) throw new Error(`the server answered ${response.status}`);
    return response;
  }
  const refresh = async () => show(await (await ask('GET')).json());

  part('press').addEventListener('click', async () => {
    const verdict = part('verdict');
    try {
      const [response, compared] = await Promise.all([ask('POST'), ask('POST', '/compare')]);
      verdict.textContent = response.ok ? 'allowed' : 'denied';
      verdict.className = response.ok ? 'good' : 'bad';
      part('fields').textContent = fieldNames
        .filter((name) => response.headers.has(name))
        .map((name) => `${name}: ${response.headers.get(name)}`)
        .join('\n');
      draw(await compared.json());
      await refresh();
    } catch (error) {
      verdict.textContent = error.message;
      verdict.className = 'bad';
    }
    presses++;
    verdict.dataset.presses = String(presses);
  });

  return { refresh, everyMs: 500 };
}
