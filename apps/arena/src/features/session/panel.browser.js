// Logs in and out, shows the devices, and hears at once when this one was logged out elsewhere.
export function start(panel) {
  const part = (role) => panel.querySelector(`[data-role="${role}"]`);
  let token = '';
  let turn = Promise.resolve();
  let stream;
  let streamOf;

  async function post(path, body) {
    const headers = { 'x-csrf-token': token };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const response = await fetch(`/api/session/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return response.json();
  }

  function say(text, good = true) {
    part('said').textContent = text;
    part('said').className = good ? 'good' : 'bad';
  }

  function listen() {
    stream?.close();
    stream = new EventSource('/api/session/live');
    stream.addEventListener('live', () => {
      panel.dataset.live = 'yes';
    });
    stream.addEventListener('writing', () => {
      part('writing').textContent = 'being written';
    });
    stream.addEventListener('over', async () => {
      // The server has closed it: nothing to come back to.
      stream.close();
      panel.dataset.live = 'no';
      streamOf = undefined;
      await refresh();
      say('logged out', false);
    });
  }

  function showDevice({ publicId, label, here }) {
    const line = document.createElement('li');
    line.textContent = `${label}${here ? ' (here)' : ''} `;
    if (!here) {
      const end = document.createElement('button');
      end.type = 'button';
      end.className = 'plain';
      end.textContent = 'End';
      end.addEventListener('click', () => act(() => post('revoke', { publicId })));
      line.append(end);
    }
    return line;
  }

  async function load() {
    const response = await fetch('/api/session');
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const answer = await response.json();
    token = answer.token;
    const inside = answer.user !== null;
    part('login').hidden = inside;
    part('inside').hidden = !inside;
    part('name').textContent = answer.user ?? '';
    const shown = answer.devices.map(({ publicId, here }) => `${publicId}${here}`).join();
    if (part('devices').dataset.shown !== shown) {
      part('devices').dataset.shown = shown;
      part('devices').replaceChildren(...answer.devices.map(showDevice));
    }
    for (const text of answer.said) say(text);
    const here = answer.devices.find((device) => device.here)?.publicId;
    // Gone from the list while this was on its way: the stream that stands is told of it.
    if (here !== undefined && here !== streamOf) {
      streamOf = here;
      listen();
    }
  }

  // One after the other: the first begins a session, and two of them would each begin their own. A look beside a login would take
  // its message, from a session that is about to go on under another id, and be refused for it.
  function inTurn(run) {
    turn = turn.then(run, run);
    return turn;
  }

  const refresh = () => inTurn(load);

  function act(run) {
    return inTurn(async () => {
      try {
        // Whoever is quicker than the page has no token yet.
        if (token === '') await load();
        await run();
        await load();
      } catch (error) {
        say(error.message, false);
      }
    });
  }

  part('login').addEventListener('submit', (event) => {
    event.preventDefault();
    return act(() => post('login', { user: part('user').value }));
  });
  part('write').addEventListener('submit', (event) => {
    event.preventDefault();
    return act(async () => {
      const { ok } = await post('note', { note: part('note').value });
      part('writing').textContent = ok ? 'kept' : 'not kept: logged out';
    });
  });
  // What ends the session waits for nothing of it: a note that is being written ends with it.
  function end(path) {
    const ended = post(path);
    ended.catch(() => undefined);
    return act(() => ended);
  }

  part('logout').addEventListener('click', () => end('logout'));
  part('everywhere').addEventListener('click', () => end('logout-everywhere'));
  return { refresh, everyMs: 500 };
}
