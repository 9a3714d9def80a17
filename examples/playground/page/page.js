/**
 * The page of the playground: one connection that a person plays with, and a second one over which the server tells
 * what it sees of the first, and takes orders. What a peer sent is only ever set as text.
 */
const ROWS = 500;
const PREVIEW = 64;
const STATES = ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'];

const id = crypto.randomUUID();
const home = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}`;
const element = (name) => document.getElementById(name);
const [url, subprotocols, log, scroller] = ['url', 'subprotocols', 'log', 'scroller'].map(element);

/** @type {WebSocket | undefined} What the person plays with. */
let socket;
/** @type {WebSocket | undefined} What tells about the server. */
let observer;

url.value = `${home}/echo`;
element('connect').addEventListener('submit', submit(connect));
element('text').addEventListener(
  'submit',
  submit(() => send(element('text-data').value)),
);
element('binary').addEventListener(
  'submit',
  submit(() => send(randomBytes(element('binary-size').valueAsNumber))),
);
element('close').addEventListener('submit', submit(close));
element('ping').addEventListener('click', () => order({ type: 'ping' }));
element('clear').addEventListener('click', () => log.replaceChildren());
showPage();

/** A form's action, whose failure is an event like any other. */
function submit(action) {
  return async (event) => {
    event.preventDefault();
    try {
      await action(event);
    } catch (error) {
      write('page', 'error', String(error));
    }
    showPage();
  };
}

async function connect() {
  document.querySelector('#connect button').disabled = true; // until showPage knows more
  const target = new URL(url.value);
  const ours = isOurs(target);
  if (ours) {
    target.searchParams.set('id', id);
    await observe();
  } else {
    showServer({});
  }
  const offered = subprotocols.value.split(',').map((each) => each.trim());
  const opened = new WebSocket(
    target,
    offered.filter((each) => each !== ''),
  );
  socket = opened;
  opened.binaryType = 'arraybuffer';
  opened.addEventListener('open', () => tell('open', agreed(opened)));
  opened.addEventListener('message', ({ data }) => tell('message', describe(data)));
  opened.addEventListener('error', () => tell('error', 'the connection failed; a page is not told why'));
  opened.addEventListener('close', ({ code, reason, wasClean }) => tell('close', closing(code, reason, wasClean)));
}

/** Opens the second connection, unless it is there. */
function observe() {
  if (observer?.readyState === WebSocket.OPEN) return Promise.resolve();
  return new Promise((resolve, reject) => {
    observer = new WebSocket(`${home}/observe?id=${id}`);
    observer.addEventListener('open', () => resolve());
    observer.addEventListener('message', ({ data }) => hear(JSON.parse(data)));
    observer.addEventListener('close', ({ code, reason }) => {
      reject(new Error('the server of this page cannot be reached'));
      write('server', 'gone', `the server tells nothing any more: ${closing(code, reason, true)}`);
      showServer({});
      showPage();
    });
  });
}

/** What the server saw. */
function hear({ type, state, bufferedAmount, ...what }) {
  showServer({ state, bufferedAmount, latency: what.latency });
  if (type === 'open') write('server', type, `from ${what.remoteAddress}${subprotocolIn(what.subprotocol)}`);
  else if (type === 'message') write('server', type, `${what.kind} ${bytes(what.size)} ${what.start}`);
  else if (type === 'ping') write('server', type, bytes(what.size));
  else if (type === 'pong') write('server', type, `after ${milliseconds(what.latency)}`);
  else if (type === 'close') write('server', type, closing(what.code, what.reason, what.clean));
  else if (type === 'close sent') write('server', type, closing(what.code, what.reason));
  else write('server', type, what.message ?? '');
}

function send(data) {
  socket.send(data);
  tell('sent', describe(data));
  watchBuffer();
}

function close(event) {
  const code = element('close-code').valueAsNumber;
  const reason = element('close-reason').value;
  if (event.submitter.value === 'server') {
    order({ type: 'close', code, reason });
  } else {
    socket.close(code, reason);
    tell('close sent', closing(code, reason));
  }
}

/** Has the server do something to the connection it watches. */
function order(what) {
  observer.send(JSON.stringify(what));
}

function tell(event, details) {
  write('page', event, details);
  showPage();
}

/** Shows how what was sent leaves, frame by frame of the screen. */
function watchBuffer() {
  showPage();
  if (socket.bufferedAmount > 0 && socket.readyState === WebSocket.OPEN) requestAnimationFrame(watchBuffer);
}

function showPage() {
  const state = socket?.readyState ?? WebSocket.CLOSED;
  show('page-state', 'state', `${STATES[state]}`);
  show('page-state', 'buffered', bytes(socket?.bufferedAmount ?? 0));
  show('page-state', 'subprotocol', socket?.protocol || '–');
  const open = state === WebSocket.OPEN;
  const observed = open && observer?.readyState === WebSocket.OPEN && isOurs(new URL(socket.url));
  for (const button of document.querySelectorAll('#text button, #binary button, #close button'))
    button.disabled = !open;
  document.querySelector('#close button[value=server]').disabled = !observed;
  document.querySelector('#connect button').disabled = state !== WebSocket.CLOSED;
  element('ping').disabled = !observed;
}

function showServer({ state, bufferedAmount, latency }) {
  show('server-state', 'state', state ?? '–');
  show('server-state', 'buffered', bufferedAmount === undefined ? '–' : bytes(bufferedAmount));
  if (latency !== undefined) show('server-state', 'latency', milliseconds(latency));
}

function show(side, what, text) {
  const field = document.querySelector(`#${side} [data-of=${what}]`);
  if (field.textContent !== text) field.textContent = text;
}

function write(side, event, details) {
  const row = document.createElement('li');
  row.classList.add(side, event.split(' ')[0]);
  const time = new Date().toLocaleTimeString('en-GB', { fractionalSecondDigits: 3 });
  for (const [name, text] of Object.entries({ time, side, event, details })) {
    const cell = document.createElement('span');
    cell.className = name;
    cell.textContent = text;
    row.append(cell, ' ');
  }
  const atEnd = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 40;
  log.append(row);
  if (log.childElementCount > ROWS) log.firstElementChild.remove();
  if (atEnd) scroller.scrollTop = scroller.scrollHeight;
}

function isOurs({ protocol, host, pathname }) {
  return `${protocol}//${host}${pathname}` === `${home}/echo`;
}

function describe(data) {
  if (typeof data === 'string') return `text ${bytes(new TextEncoder().encode(data).length)} ${data.slice(0, PREVIEW)}`;
  const start = [...new Uint8Array(data, 0, Math.min(data.byteLength, PREVIEW / 4))];
  return `binary ${bytes(data.byteLength)} ${start.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function closing(code, reason, clean) {
  const how = clean === undefined ? '' : clean ? ', clean' : ', not clean';
  return `${code}${reason ? ` ${JSON.stringify(reason)}` : ''}${how}`;
}

function agreed({ protocol, extensions }) {
  return `${subprotocolIn(protocol)} ${extensions}`.trim();
}

function subprotocolIn(name) {
  return name ? ` with subprotocol ${name}` : '';
}

function bytes(count) {
  return `${count.toLocaleString('en')} B`;
}

function milliseconds(duration) {
  return typeof duration === 'number' ? `${duration.toFixed(1)} ms` : 'an unknown time';
}

/** In pieces, since one call gives at most 65,536. */
function randomBytes(count) {
  const data = new Uint8Array(count);
  for (let at = 0; at < count; at += 65_536) crypto.getRandomValues(data.subarray(at, at + 65_536));
  return data.buffer;
}
