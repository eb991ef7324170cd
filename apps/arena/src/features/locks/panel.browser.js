// Shows who is the scheduler, and asks it to step down.
export function start(panel) {
  const part = (role) => panel.querySelector(`[data-role="${role}"]`);

  part('step-down').addEventListener('click', () => fetch('/api/locks/step-down', { method: 'POST' }));

  async function refresh() {
    const response = await fetch('/api/locks');
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const { holder, forMs, waiting, fence, ticks } = await response.json();
    part('holder').textContent = holder === null ? 'nobody' : `instance ${holder}`;
    part('for').textContent = forMs === null ? '–' : `${(forMs / 1000).toFixed(1)} s`;
    part('waiting').textContent = String(waiting);
    part('fence').textContent = fence ?? '–';
    part('ticks').textContent = String(ticks);
  }
  return { refresh, everyMs: 400 };
}
