// Says something, and shows what is said, who is here, and who is typing.
const shownLines = 20;
const typingMs = 3000;

export function start(panel) {
  const part = (role) => panel.querySelector(`[data-role="${role}"]`);
  const streams = [];
  let you;
  let toldTyping = 0;
  let hideTyping;

  function show(line) {
    part('lines').prepend(line);
    while (part('lines').childElementCount > shownLines) part('lines').lastElementChild.remove();
  }

  function showMessage({ from, text }) {
    const line = document.createElement('li');
    const author = document.createElement('strong');
    author.textContent = from;
    line.append(author, `: ${text}`);
    show(line);
  }

  function showGap({ recovered }) {
    if (recovered) return;
    const line = document.createElement('li');
    line.className = 'bad';
    line.textContent = 'some messages are missing here';
    show(line);
  }

  function showTyping({ from }) {
    if (from === you) return;
    part('typing').textContent = `${from} is typing`;
    clearTimeout(hideTyping);
    hideTyping = setTimeout(() => part('typing').replaceChildren(), typingMs);
  }

  /** Listens as who we are now, from the oldest message that is kept. */
  function listen() {
    for (const stream of streams.splice(0)) stream.close();
    part('lines').replaceChildren();
    // The browser comes back by itself, with the id of the last event it has seen.
    const said = new EventSource('/api/pubsub/said');
    said.addEventListener('message', ({ data }) => showMessage(JSON.parse(data)));
    said.addEventListener('gap', ({ data }) => showGap(JSON.parse(data)));
    const typing = new EventSource('/api/pubsub/typing');
    typing.addEventListener('message', ({ data }) => showTyping(JSON.parse(data)));
    streams.push(said, typing);
  }

  async function post(path, body) {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(path, {
      method: 'POST',
      ...(body && { headers, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
  }

  async function refresh() {
    const response = await fetch('/api/pubsub');
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const answer = await response.json();
    if (answer.you !== you) {
      you = answer.you;
      listen();
    }
    part('present').textContent = answer.present
      .map((who) => (who === you ? `${who} (you)` : who))
      .join(', ');
  }

  part('text').addEventListener('input', () => {
    const now = performance.now();
    if (now - toldTyping < typingMs / 2) return;
    toldTyping = now;
    // One that is lost is made good by the next.
    post('/api/pubsub/typing').catch(() => {});
  });
  part('form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const answer = part('said');
    try {
      await post('/api/pubsub', { text: part('text').value });
      part('text').value = '';
      answer.textContent = '';
    } catch (error) {
      // Nothing is sent twice by itself: a message may have been heard. The text stays for who wants to.
      answer.textContent = error.message;
      answer.className = 'bad';
    }
  });
  return { refresh, everyMs: 400 };
}
