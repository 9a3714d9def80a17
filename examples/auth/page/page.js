import { reconnecting } from '/sansocket/browser.js';

const get = (id) => document.getElementById(id);
const log = (text) => {
  const line = document.createElement('li');
  line.textContent = text; // never as HTML: it is what somebody wrote
  get('log').append(line);
};

/** In memory only: what is in local storage can be read by every script that ever runs here. */
let token;

async function refresh() {
  const response = await fetch('/token');
  token = response.ok ? (await response.json()).token : undefined;
  return response.ok;
}

if (await refresh()) {
  get('logout').hidden = false;
  get('chat').hidden = false;
  const timer = setInterval(refresh, 10_000);
  const client = reconnecting(
    async () => {
      if (!(await refresh())) throw new Error('logged out'); // a fresh token for each attempt
      return new URL('/socket', location.href.replace(/^http/, 'ws'));
    },
    {
      subprotocols: () => ['chat', `csrf.${token}`],
      token: { property: 'csrf_token', value: () => token },
      state: (state) => {
        get('state').value = state;
      },
      json: (message) => log(JSON.stringify(message)),
      end: ({ code }) => {
        clearInterval(timer);
        log(`ended with ${code}`);
      },
    },
  );
  get('chat').addEventListener('submit', (event) => {
    event.preventDefault();
    const text = event.target.elements.text.value;
    if (text === 'forge') token = token.replace(/^./, (digit) => (digit === '0' ? '1' : '0')); // to see what happens
    client.sendJson({ text });
  });
} else {
  get('login').hidden = false;
}
