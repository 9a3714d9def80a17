/** An entry that is opened: the bits of its header, and its payload as text, JSON or hexadecimal. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Preview, TimelineEntry } from '../protocol.ts';
import { closeName, howItCame, wordsOf } from './entry-words.ts';
import { bytes, clock, count } from './formats.ts';
import { headerBits } from './header-bits.ts';
import type { Inspection } from './inspection.ts';
import { asHex, asJson, asText, fromBase64 } from './payload-view.ts';

interface DetailsProps {
  readonly entry: TimelineEntry;
  readonly inspection: Inspection;
}

export function Details({ entry, inspection }: DetailsProps): VNode {
  const { kind, tone, text } = wordsOf(entry);
  const inflated = entry.kind === 'frame' ? inspection.messageOf(entry.seq) : undefined;
  return (
    <aside class="details" aria-label="Details">
      <header>
        <span class={`kind ${tone}`}>{kind}</span>
        <span>{'direction' in entry ? (entry.direction === 'in' ? '↓ received' : '↑ sent') : ''}</span>
        <time>{clock(entry.at)}</time>
        <button type="button" class="quiet close" title="Close (Esc)" onClick={() => inspection.open(undefined)}>
          ✕
        </button>
      </header>
      {entry.kind === 'frame' && <Header header={entry.header} />}
      {entry.kind === 'frame' && entry.close !== undefined && (
        <p>
          Close code <strong>{entry.close.code}</strong> {closeName(entry.close.name)}
          {entry.close.reason !== '' && (
            <>
              , reason <q>{entry.close.reason}</q>
            </>
          )}
        </p>
      )}
      {inflated?.kind === 'message' && (
        <p>
          ends a message in {howItCame(inflated)}{' '}
          <button type="button" class="quiet" onClick={() => inspection.open(inflated)}>
            open the message
          </button>
        </p>
      )}
      {entry.kind === 'message' && <p>{howItCame(entry)}</p>}
      {(entry.kind === 'step' || entry.kind === 'event') && <p>{text}</p>}
      {'payload' in entry && (
        <Payload entry={entry} kept={inspection.payloads.get(entry.seq)} json={entry.kind !== 'head'} />
      )}
    </aside>
  );
}

function Header({ header }: { readonly header: string }): VNode {
  return (
    <ol class="bits" aria-label="Header">
      {headerBits(header).map(({ name, bits, meaning }) => (
        <li key={name} class={/^0+$/.test(bits) ? 'zero' : ''}>
          <span class="name">{name}</span>
          <code>{bits.replace(/(.{8})(?=.)/g, '$1 ')}</code>
          <span class="meaning">{meaning}</span>
        </li>
      ))}
    </ol>
  );
}

type View = 'text' | 'JSON' | 'hex';

interface PayloadProps {
  readonly entry: Extract<TimelineEntry, Preview>;
  /** All that is kept of it, where it was asked for. */
  readonly kept: string | null | undefined;
  readonly json: boolean;
}

function Payload({ entry, kept, json }: PayloadProps): VNode {
  const payload = fromBase64(kept ?? entry.payload);
  const asObject = json ? asJson(payload) : undefined;
  const isText = entry.kind === 'message' ? entry.text : entry.kind === 'head' || (entry.opcode === 1 && !entry.rsv1);
  const [view, setView] = useState<View>(asObject?.startsWith('{') ? 'JSON' : isText ? 'text' : 'hex');
  const chosen = view === 'JSON' && asObject === undefined ? 'text' : view;
  const shown = chosen === 'JSON' ? asObject : chosen === 'hex' ? asHex(payload) : asText(payload);
  const note =
    payload.length < entry.length
      ? `the first ${count(payload.length)} of ${count(entry.length)} bytes${kept === null ? '; the rest is forgotten' : ''}`
      : `${bytes(entry.length)}`;
  return (
    <div class="payload">
      <div class="choice" role="tablist" aria-label="Payload as">
        {(['text', 'JSON', 'hex'] as const).map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            aria-selected={chosen === name}
            disabled={name === 'JSON' && asObject === undefined}
            onClick={() => setView(name)}
          >
            {name}
          </button>
        ))}
        <span class="note">{entry.kind === 'frame' && entry.rsv1 ? `compressed, ${note}` : note}</span>
      </div>
      <pre>{shown}</pre>
    </div>
  );
}
