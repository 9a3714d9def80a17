import { describe, expect, test } from 'vitest';
import { initialTransition, transition } from 'xstate';
import { charts, type LifecycleEvent, type Role } from '../../core/lifecycle.ts';

/** Every event there is. */
const EVENTS: readonly LifecycleEvent[] = [
  'requestReceived',
  'accepted',
  'refused',
  'responseAccepted',
  'responseRefused',
  'closeRequested',
  'closeReceived',
  'violationFound',
  'peerUnresponsive',
  'abortRequested',
  'inputEnded',
  'transportClosed',
  'deadlinePassed',
];

type Table = Readonly<Record<string, Readonly<Partial<Record<LifecycleEvent, string>>>>>;

const ENDING = { transportClosed: 'closed: reportClosed' };
const ABORTED = { abortRequested: 'closing.draining: abortTransport' };
const WAITING = { ...ENDING, abortRequested: ': abortTransport', deadlinePassed: ': abortTransport' };
const OPEN = {
  ...ENDING,
  ...ABORTED,
  closeRequested: 'closing.closeSent: sendClose',
  violationFound: 'closing.failed: reportError sendClose endTransport',
  peerUnresponsive: 'closing.failed: reportError sendClose abortTransport',
  inputEnded: 'closing.draining: sendClose endTransport',
};
const CLOSE_SENT = {
  ...ENDING,
  ...ABORTED,
  deadlinePassed: 'closing.draining: abortTransport',
  violationFound: 'closing.failed: reportError endTransport',
  peerUnresponsive: 'closing.failed: reportError abortTransport',
  inputEnded: 'closing.draining: endTransport',
};

/** State by state, what every event leads to, and with which effects; all others change nothing. */
const TABLES: Readonly<Record<Role, Table>> = {
  server: {
    'connecting.awaitingRequest': {
      ...ENDING,
      ...ABORTED,
      requestReceived: 'connecting.deciding: reportRequest',
      violationFound: 'closing.draining: reportError sendRefusal endTransport',
      closeRequested: 'closing.draining: endTransport',
      inputEnded: 'closing.draining: endTransport',
    },
    'connecting.deciding': {
      ...ENDING,
      ...ABORTED,
      accepted: 'open: sendAcceptance reportOpen',
      refused: 'closing.draining: sendRefusal endTransport',
      violationFound: 'closing.draining: reportError sendRefusal endTransport',
      closeRequested: 'closing.draining: sendRefusal endTransport',
    },
    open: { ...OPEN, closeReceived: 'closing.bothSent: sendClose endTransport' },
    'closing.closeSent': { ...CLOSE_SENT, closeReceived: 'closing.bothSent: endTransport' },
    'closing.bothSent': WAITING,
    'closing.failed': WAITING,
    'closing.draining': WAITING,
    closed: {},
  },
  client: {
    'connecting.awaitingResponse': {
      ...ENDING,
      ...ABORTED,
      responseAccepted: 'open: reportOpen',
      responseRefused: 'closing.draining: reportRefused abortTransport',
      violationFound: 'closing.draining: reportError abortTransport',
      closeRequested: 'closing.draining: abortTransport',
    },
    open: { ...OPEN, closeReceived: 'closing.bothSent: sendClose' },
    'closing.closeSent': { ...CLOSE_SENT, closeReceived: 'closing.bothSent: ' },
    'closing.bothSent': { ...WAITING, inputEnded: ': endTransport' },
    'closing.failed': WAITING,
    'closing.draining': WAITING,
    closed: {},
  },
};

const PERMITS: Readonly<Record<string, readonly [reads: string, deadline: string, sends: boolean]>> = {
  'connecting.awaitingRequest': ['head', 'opening', false],
  'connecting.awaitingResponse': ['head', 'opening', false],
  'connecting.deciding': ['nothing', 'opening', false],
  open: ['frames', 'keepalive', true],
  'closing.closeSent': ['frames', 'closing', false],
  'closing.bothSent': ['discard', 'closing', false],
  'closing.failed': ['discard', 'closing', false],
  'closing.draining': ['discard', 'closing', false],
  closed: ['discard', 'none', false],
};

type Snapshot = ReturnType<typeof initialTransition>[0];

const nameOf = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? Object.entries(value)
        .map(([parent, child]) => `${parent}.${nameOf(child)}`)
        .join()
    : String(value);

/** Every state that events lead to, by name. */
function reachable(role: Role): Map<string, Snapshot> {
  const found = new Map<string, Snapshot>();
  const visit = (snapshot: Snapshot): void => {
    const name = nameOf(snapshot.value);
    if (found.has(name)) return;
    found.set(name, snapshot);
    for (const type of EVENTS) visit(transition(charts[role], snapshot, { type })[0]);
  };
  visit(initialTransition(charts[role])[0]);
  return found;
}

describe.each(['server', 'client'] as const)('the chart of a %s', (role) => {
  const states = reachable(role);

  test('has these states, and every one is reachable', () => {
    expect([...states.keys()].sort()).toEqual(Object.keys(TABLES[role]).sort());
  });

  test('begins where the opening handshake does, without effects', () => {
    const [snapshot, effects] = initialTransition(charts[role]);
    expect(nameOf(snapshot.value)).toBe(
      role === 'server' ? 'connecting.awaitingRequest' : 'connecting.awaitingResponse',
    );
    expect(effects).toEqual([]);
  });

  describe.each([...states])('in %s', (name, snapshot) => {
    test.each(EVENTS)('takes the step of %s', (type) => {
      const [next, actions] = transition(charts[role], snapshot, { type });
      const [target, effects] = (TABLES[role][name]?.[type] ?? ': ').split(': ');
      expect(nameOf(next.value)).toBe(target === '' ? name : target);
      expect(actions.map((action) => action.type).join(' ')).toBe(effects);
    });

    test('permits what it is to permit', () => {
      const [reads, deadline, sends] = PERMITS[name] ?? [];
      expect(Object.assign({}, ...Object.values(snapshot.getMeta()))).toEqual({ reads, deadline, sends });
    });
  });

  test('lets frames out in no state behind our Close (CC6)', () => {
    for (const [name, snapshot] of states) {
      for (const type of EVENTS) {
        const [next, actions] = transition(charts[role], snapshot, { type });
        if (actions.some((action) => String(action.type) === 'sendClose')) {
          expect(name).toBe('open');
          expect(Object.values(next.getMeta())).toEqual([expect.objectContaining({ sends: false })]);
        }
      }
    }
  });

  test('has no context and no guards', () => {
    const [snapshot] = initialTransition(charts[role]);
    expect(snapshot.context).toEqual({});
    expect(JSON.stringify(charts[role].config)).not.toContain('"guard"');
  });
});
