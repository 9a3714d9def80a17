import { reconnecting } from '/sansocket/browser.js';

const get = (id) => document.getElementById(id);
const log = (text) => {
  const line = document.createElement('li');
  line.textContent = text; // never as HTML: it is what somebody wrote
  get('log').append(line);
};

/** In memory only: what is in local storage can be read by every script that ever runs here. */
let token;

/** @throws an error with the `status` where the site refuses: for who is logged out, that is 403. */
async function refresh() {
  const response = await fetch('/token');
  if (!response.ok) throw Object.assign(new Error('no token'), { status: response.status });
  ({ token } = await response.json());
}

function show(isLoggedIn) {
  get('login').hidden = isLoggedIn;
  get('logout').hidden = !isLoggedIn;
  get('chat').hidden = !isLoggedIn;
}

function start() {
  const timer = setInterval(() => {
    refresh().catch(({ status }) => {
      if (status === 403) client.close(1000, 'logged out'); // anything else may be different at the next time
    });
  }, 10_000);
  const client = reconnecting(
    async () => {
      // A fresh token for each attempt. A page is not told that its handshake was refused, so that it has to ask
      // here; an error with the status 403 ends the client, as the refusal itself would where it is told.
      await refresh();
      return new URL('/socket', location.href.replace(/^http/, 'ws'));
    },
    {
      subprotocols: () => ['chat', `csrf.${token}`],
      token: { property: 'csrf_token', value: () => token },
      state: (state) => {
        get('state').value = state;
      },
      json: (message) => log(JSON.stringify(message)),
      end: ({ code, error }) => {
        clearInterval(timer);
        log(error?.status === 403 ? 'logged out' : `ended with ${code}`);
        refresh().then(
          () => show(true),
          () => show(false),
        );
      },
    },
  );
  get('chat').addEventListener('submit', (event) => {
    event.preventDefault();
    const text = event.target.elements.text.value;
    if (text === 'forge') token = token.replace(/^./, (digit) => (digit === '0' ? '1' : '0')); // to see what happens
    client.sendJson({ text });
  });
}

try {
  await refresh();
  show(true);
  start();
} catch {
  show(false);
}
