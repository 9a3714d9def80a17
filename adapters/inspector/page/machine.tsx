/** The connection that is selected, and its other end: the charts, what is known, and the rule that was broken. */
import type { VNode } from 'preact';
import type { ConnectionSummary } from '../protocol.ts';
import { Chart, type Shape } from './chart.tsx';
import { State } from './connections.tsx';
import { clock, count } from './formats.ts';
import type { Inspection } from './inspection.ts';
import { useNarrow } from './media.ts';

export function Machine({ inspection }: { readonly inspection: Inspection }): VNode {
  const narrow = useNarrow();
  const { selection, otherEnd } = inspection;
  const ends = [selection, otherEnd].filter((end) => end !== undefined);
  // The client first, whichever is selected: charts do not change places.
  ends.sort((one, other) => one.role.localeCompare(other.role));
  return (
    <section class="machine" aria-label="Machine">
      <div class="bar">
        <h2>Machine</h2>
        {ends.length === 2 && <span class="count">both ends</span>}
      </div>
      <div class="ends">
        {ends.length === 0 && <p class="empty">Select a connection to see its states.</p>}
        {ends.map((end) => (
          <End
            key={end.id}
            end={end}
            inspection={inspection}
            shape={narrow ? 'narrow' : ends.length === 2 ? 'compact' : 'labelled'}
            selected={end === selection}
          />
        ))}
      </div>
    </section>
  );
}

interface EndProps {
  readonly end: ConnectionSummary;
  readonly inspection: Inspection;
  readonly shape: Shape;
  readonly selected: boolean;
}

function End({ end, inspection, shape, selected }: EndProps): VNode {
  const { id, role, state, violation } = end;
  return (
    <article class={`end ${selected ? 'selected' : ''}`} aria-label={`The ${role}`}>
      <h3>
        <button type="button" title={`Select connection ${id}`} onClick={() => inspection.select(id)}>
          {role} <span class="id">#{id}</span>
        </button>
        <State state={state} failed={violation?.code} />
        {end.closed !== null && (
          <span class="ending">
            {end.closed.clean ? 'clean' : 'not clean'}, {end.closed.code}
            {end.closed.reason === '' ? '' : ' '}
            {end.closed.reason !== '' && <q>{end.closed.reason}</q>}
            {end.closed.sent !== null && `, sent ${end.closed.sent}`}
          </span>
        )}
      </h3>
      {violation !== null && (
        <p class="violation" role="alert">
          <strong>{violation.code}</strong> <a {...clauseLink(violation.clause)}>{violation.clause}</a>
          <br />
          {violation.message}
        </p>
      )}
      <Chart role={role} shape={shape} state={state} steps={inspection.stepsOf(id)} />
      <Facts end={end} />
    </article>
  );
}

/** The clause in the RFC, which opens elsewhere; it is the only thing of the page that needs a network. */
const clauseLink = (clause: string): object => {
  const [, rfc, section] = /RFC (\d+) §([\d.]+)/.exec(clause) ?? [];
  return rfc === undefined
    ? {}
    : {
        href: `https://www.rfc-editor.org/rfc/rfc${rfc}#section-${section}`,
        target: '_blank',
        rel: 'noreferrer noopener',
      };
};

function Facts({ end }: { readonly end: ConnectionSummary }): VNode {
  const facts: readonly (readonly [name: string, value: string])[] = [
    ['request', `${end.host}${end.path}`],
    ['protocol', end.protocol],
    ['extensions', end.extensions],
    ['opened', end.openedAt === null ? '' : clock(end.openedAt)],
    ['frames', `${count(end.framesIn)} in, ${count(end.framesOut)} out`],
  ];
  return (
    <dl class="facts">
      {facts
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
