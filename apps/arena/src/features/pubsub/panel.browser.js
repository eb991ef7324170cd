// Says something, and shows what the instance heard, the newest first.
export function start(panel) {
  const part = (role) => panel.querySelector(`[data-role="${role}"]`);

  function lineOf({ from, text }) {
    const line = document.createElement('li');
    if (from === null) {
      line.className = 'bad';
      line.textContent = text;
      return line;
    }
    const author = document.createElement('strong');
    author.textContent = from;
    line.append(author, `: ${text}`);
    return line;
  }

  async function refresh() {
    const response = await fetch('/api/pubsub');
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const { lines } = await response.json();
    part('lines').replaceChildren(...lines.reverse().map(lineOf));
  }

  part('form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const said = part('said');
    const text = part('text').value;
    const headers = { 'content-type': 'application/json' };
    try {
      const response = await fetch('/api/pubsub', {
        method: 'POST',
        headers,
        body: JSON.stringify({ text }),
      });
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      part('text').value = '';
      said.textContent = '';
    } catch (error) {
      // Nothing is sent twice by itself: a message may have been heard. The text stays for who wants to.
      said.textContent = error.message;
      said.className = 'bad';
    }
  });
  return { refresh, everyMs: 400 };
}
