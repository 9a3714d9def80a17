/** The panel: clients to open, things for either end to do, and rules to break. */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { State } from '../../../adapters/inspector/page/connections.tsx';
import type { Inspection } from '../../../adapters/inspector/page/inspection.ts';
import type { ConnectionSummary } from '../../../adapters/inspector/protocol.ts';
import { type PlayedClient, pathOf, type Side, type Violation } from '../orders.ts';
import menu from '../violations.json' with { type: 'json' };
import type { Play } from './play.ts';

interface PanelProps {
  readonly inspection: Inspection;
  readonly play: Play;
}

const violations: readonly Violation[] = menu;
const SIDES = ['client', 'server'] as const;

export function Panel({ inspection, play }: PanelProps): VNode {
  const [subprotocol, setSubprotocol] = useState('chat');
  const [compression, setCompression] = useState(true);
  const ends = (id: number): Partial<Record<Side, ConnectionSummary>> => {
    const both = [...inspection.connections.values()].filter(({ path }) => path === pathOf(id));
    return Object.fromEntries(both.map((end) => [end.role, end]));
  };
  // The client that was opened last is looked at as soon as the inspector shows it.
  const newest = play.newest === undefined ? {} : ends(play.newest);
  const seen = (newest.client ?? newest.server)?.id;
  useEffect(() => {
    if (seen === undefined) return;
    play.newest = undefined;
    inspection.select(seen);
  }, [seen, inspection, play]);
  const current = play.clients.find(({ id }) => pathOf(id) === inspection.selection?.path);
  const open = (browser: boolean): void => play.order({ type: 'open', browser, subprotocol, compression });
  return (
    <>
      <div class="bar">
        <h2>Playground</h2>
        <span class="count">{play.clients.length === 0 ? '' : `${play.clients.length} open`}</span>
      </div>
      <div class="play">
        <div class="group">
          <button type="button" class="primary" onClick={() => open(false)}>
            Open a client
          </button>
          <button type="button" title="The browser’s own WebSocket" onClick={() => open(true)}>
            From this browser
          </button>
          <label>
            Subprotocol
            <input value={subprotocol} onInput={({ currentTarget }) => setSubprotocol(currentTarget.value)} />
          </label>
          <label class="check">
            <input
              type="checkbox"
              checked={compression}
              onChange={({ currentTarget }) => setCompression(currentTarget.checked)}
            />
            compression
          </label>
        </div>
        {play.clients.length > 0 && (
          <ul class="clients" aria-label="Clients">
            {play.clients.map((client) => (
              <li key={client.id}>
                <button
                  type="button"
                  aria-pressed={client === current}
                  onClick={() => {
                    const { client: one, server } = ends(client.id);
                    inspection.select((one ?? server)?.id);
                  }}
                >
                  {client.browser ? 'browser' : 'client'} {client.id}
                  {SIDES.map((side) => {
                    const end = ends(client.id)[side];
                    return end && <State key={side} state={end.state} failed={end.violation?.code} />;
                  })}
                </button>
              </li>
            ))}
          </ul>
        )}
        {play.error !== '' && (
          <p class="violation" role="alert">
            {play.error}
          </p>
        )}
        {current === undefined ? (
          <p class="hint">
            {play.clients.length === 0
              ? 'Open a client: it connects to an echo server in the same process, and you see both ends.'
              : 'Select a client to have it do something.'}
          </p>
        ) : (
          <Actions key={current.id} client={current} play={play} />
        )}
      </div>
    </>
  );
}

const SIZES = [
  [16, '16 bytes'],
  [1_024, '1 KiB'],
  [65_536, '64 KiB'],
  [1_048_576, '1 MiB'],
] as const;

/** Text that compresses, and is JSON to look into. */
const listing = (): string =>
  JSON.stringify(Array.from({ length: 60 }, (_, id) => ({ id, name: `row ${id}`, tags: ['the', 'same', 'again'] })));

function Actions({
  client: { id: client, browser },
  play,
}: {
  readonly client: PlayedClient;
  readonly play: Play;
}): VNode {
  const [side, setSide] = useState<Side>('client');
  const [text, setText] = useState('Hello 👋');
  const [count, setCount] = useState(1_024);
  const [code, setCode] = useState(1_000);
  const [reason, setReason] = useState('');
  const possible = violations.filter(({ wire }) => (side === 'client' ? 'server' : 'client') in wire);
  const [chosen, setChosen] = useState('');
  const violation = possible.find(({ id }) => id === chosen) ?? possible.find(({ rule }) => rule === 'masking-wrong');
  return (
    <>
      <div class="choice sides" role="tablist" aria-label="Who acts">
        {SIDES.map((each) => (
          <button key={each} type="button" role="tab" aria-selected={each === side} onClick={() => setSide(each)}>
            as {each}
          </button>
        ))}
      </div>
      <form
        class="group"
        onSubmit={(event) => {
          event.preventDefault();
          play.order({ type: 'text', client, side, text });
        }}
      >
        <input aria-label="Text" value={text} onInput={({ currentTarget }) => setText(currentTarget.value)} />
        <button type="submit">Send text</button>
        <select aria-label="Size" value={count} onChange={({ currentTarget }) => setCount(Number(currentTarget.value))}>
          {SIZES.map(([size, name]) => (
            <option key={size} value={size}>
              {name}
            </option>
          ))}
        </select>
        <button type="button" onClick={() => play.order({ type: 'bytes', client, side, count })}>
          Send binary
        </button>
        <button type="button" onClick={() => play.order({ type: 'text', client, side, text: listing() })}>
          Send JSON
        </button>
        <button
          type="button"
          disabled={browser && side === 'client'}
          title={browser && side === 'client' ? 'A page cannot send Pings' : ''}
          onClick={() => play.order({ type: 'ping', client, side })}
        >
          Ping
        </button>
      </form>
      <form
        class="group"
        onSubmit={(event) => {
          event.preventDefault();
          play.order({ type: 'close', client, side, code, reason });
        }}
      >
        <input
          type="number"
          aria-label="Code"
          class="code"
          value={code}
          onInput={({ currentTarget }) => setCode(Number(currentTarget.value))}
        />
        <input
          aria-label="Reason"
          placeholder="reason"
          value={reason}
          onInput={({ currentTarget }) => setReason(currentTarget.value)}
        />
        <button type="submit">Close</button>
        <button type="button" onClick={() => play.order({ type: 'cut', client })}>
          Cut the cable
        </button>
      </form>
      <form
        class="group break"
        onSubmit={(event) => {
          event.preventDefault();
          if (violation !== undefined) play.order({ type: 'break', client, side, violation: violation.id });
        }}
      >
        <label>
          Break a rule
          <select value={violation?.id} onChange={({ currentTarget }) => setChosen(currentTarget.value)}>
            {[...new Set(possible.map(({ rule }) => rule))].map((rule) => (
              <optgroup key={rule} label={rule}>
                {possible
                  .filter((each) => each.rule === rule)
                  .map(({ id, title }) => (
                    <option key={id} value={id}>
                      {title}
                    </option>
                  ))}
              </optgroup>
            ))}
          </select>
        </label>
        {violation !== undefined && (
          <p class="hint">
            {violation.rule}, {violation.clause}: the other end fails the connection with {violation.closeCode}.
          </p>
        )}
        <button type="submit" class="danger">
          Break it
        </button>
      </form>
    </>
  );
}
