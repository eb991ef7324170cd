// Starts every panel's module; a panel that fails says so and harms no other.
async function startPanel(panel) {
  const module = await import(`/assets/${panel.dataset.panel}.js`);
  const { refresh, everyMs } = module.start(panel) ?? {};
  panel.inert = false;
  if (refresh === undefined) return;
  const turn = async () => {
    try {
      await refresh();
      panel.dataset.state = 'live';
    } catch {
      panel.dataset.state = 'waiting';
    }
    setTimeout(turn, document.hidden ? 5000 : everyMs);
  };
  await turn();
}

// `?panel=session` shows one of them alone.
const only = new URLSearchParams(location.search).get('panel');
for (const panel of document.querySelectorAll('[data-panel]')) {
  if (only !== null && panel.dataset.panel !== only) {
    panel.remove();
    continue;
  }
  startPanel(panel).catch((error) => {
    panel.dataset.state = 'failed';
    console.error(panel.dataset.panel, error);
  });
}
