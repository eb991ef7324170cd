// Presses the button, shows the verdict, and keeps the remaining count live while tokens come back.
export function start(panel) {
  const part = (role) => panel.querySelector(`[data-role="${role}"]`);
  const tokens = part('tokens');
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

  async function ask(method) {
    const response = await fetch('/api/ratelimit', { method });
    if (!response.ok && response.status !== 429) throw new Error(`the server answered ${response.status}`);
    return response.json();
  }

  part('press').addEventListener('click', async () => {
    const verdict = part('verdict');
    try {
      const state = await ask('POST');
      verdict.textContent = state.allowed ? 'allowed' : 'denied';
      verdict.className = state.allowed ? 'good' : 'bad';
      show(state);
    } catch (error) {
      verdict.textContent = error.message;
      verdict.className = 'bad';
    }
    presses++;
    verdict.dataset.presses = String(presses);
  });

  const refresh = async () => show(await ask('GET'));
  return { refresh, everyMs: 500 };
}
