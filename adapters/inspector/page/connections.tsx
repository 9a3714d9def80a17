/** The connections of the process, a row each. */
import type { VNode } from 'preact';
import type { ConnectionSummary } from '../protocol.ts';
import { age, bytes, count, latency, roughly, stateName, tone } from './formats.ts';
import type { Inspection } from './inspection.ts';
import { useRoom } from './media.ts';
import { Rows } from './rows.tsx';

const COLUMNS = [
  'id',
  'state',
  'role',
  'peer',
  'path',
  'protocol',
  'extensions',
  'age',
  'in',
  'out',
  'latency',
  'buffer',
];

export function Connections({ inspection }: { readonly inspection: Inspection }): VNode {
  const roomy = useRoom();
  const { listed } = inspection;
  const { size } = inspection.connections;
  return (
    <section class="connections" aria-label="Connections">
      <div class="bar">
        <h2>Connections</h2>
        <span class="count">{listed.length === size ? count(size) : `${count(listed.length)} of ${count(size)}`}</span>
        {inspection.untracked > 0 && <span class="warning">{count(inspection.untracked)} more are not tracked</span>}
        <input
          type="search"
          aria-label="Filter connections"
          placeholder="state, peer, path, #7 …"
          value={inspection.connectionFilter}
          onInput={({ currentTarget }) => {
            inspection.connectionFilter = currentTarget.value;
          }}
        />
      </div>
      <div class="titles" aria-hidden="true">
        {COLUMNS.map((column) => (
          <span key={column} class={column}>
            {column}
          </span>
        ))}
      </div>
      <Rows
        label="Connections"
        count={listed.length}
        height={roomy ? 28 : 44}
        keyOf={(index) => listed[index]?.id ?? 0}
        classOf={(index) => (listed[index]?.closed ? 'over' : '')}
        active={() => listed.findIndex(({ id }) => id === inspection.selected)}
        activate={(index) => inspection.select(listed[index]?.id)}
        row={(index) => listed[index] && <Connection connection={listed[index]} />}
        empty={size === 0 ? 'No connection yet.' : 'No connection passes the filter.'}
      />
    </section>
  );
}

function Connection({ connection }: { readonly connection: ConnectionSummary }): VNode {
  const { id, role, state, host, path, protocol, extensions, startedAt, closed, violation } = connection;
  const { bytesIn, bytesOut, messagesIn, messagesOut } = connection;
  const peer = connection.peer || host; // of a client, whom it asked for
  return (
    <>
      <span class="id">{id}</span>
      <span class="state">
        <State state={state} failed={violation?.code} />
      </span>
      <span class="role">{role}</span>
      <span class="peer" title={peer}>
        {peer}
      </span>
      <span class="path" title={path}>
        {path}
      </span>
      <span class="protocol" title={protocol}>
        {protocol || '–'}
      </span>
      <span class="extensions" title={extensions}>
        {extensions || '–'}
      </span>
      <span class="age">{age((closed?.at ?? Date.now()) - startedAt)}</span>
      <span class="in" title={`${count(bytesIn)} bytes, ${count(messagesIn)} messages`}>
        {bytes(bytesIn)} <i>/</i> {roughly(messagesIn)}
      </span>
      <span class="out" title={`${count(bytesOut)} bytes, ${count(messagesOut)} messages`}>
        {bytes(bytesOut)} <i>/</i> {roughly(messagesOut)}
      </span>
      <span class="latency">{latency(connection.latency)}</span>
      <span class="buffer">{bytes(connection.queuedBytes)}</span>
    </>
  );
}

export function State({ state, failed }: { readonly state: string; readonly failed?: string | undefined }): VNode {
  return (
    <span class={`pill ${failed === undefined ? tone(state) : 'bad'}`} title={failed ?? state}>
      {stateName(state)}
    </span>
  );
}
