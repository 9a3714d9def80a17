/** What happened, the newest last: frames, messages, heads, steps and events. */
import type { VNode } from 'preact';
import type { TimelineEntry } from '../protocol.ts';
import { Details } from './details.tsx';
import { wordsOf } from './entry-words.ts';
import { HELP } from './filter.ts';
import { bytes, clock, count } from './formats.ts';
import type { Inspection } from './inspection.ts';
import { Rows } from './rows.tsx';

export function Timeline({ inspection }: { readonly inspection: Inspection }): VNode {
  const { shown, entry, all } = inspection;
  const ends = new Map([inspection.selection, inspection.otherEnd].map((end) => [end?.id, end?.role] as const));
  const whose = (id: number): string => (all ? `#${id}` : (ends.get(id) ?? `#${id}`));
  return (
    <section class={`timeline ${entry === undefined ? '' : 'open'}`} aria-label="Timeline">
      <div class="bar">
        <h2>Timeline</h2>
        <span class="count">{count(shown.length)}</span>
        {inspection.dropped > 0 && <span class="warning">{count(inspection.dropped)} left out</span>}
        <fieldset class="choice" aria-label="Of which connections">
          <button type="button" aria-pressed={!all} onClick={() => inspection.showAll(false)}>
            selected
          </button>
          <button type="button" aria-pressed={all} onClick={() => inspection.showAll(true)}>
            all
          </button>
        </fieldset>
        <input
          type="search"
          id="filter"
          aria-label="Filter the timeline"
          title={HELP}
          placeholder="Filter ( / ): in, out, ping, step, >1000, a word, -not"
          value={inspection.entryFilter}
          onInput={({ currentTarget }) => {
            inspection.entryFilter = currentTarget.value;
          }}
        />
      </div>
      <Rows
        key={all ? 'all' : inspection.selected} // another list begins at its end
        label="Timeline"
        count={shown.length}
        height={26}
        follow
        keyOf={(index) => shown[index]?.seq ?? 0}
        classOf={(index) => classOf(shown[index])}
        active={() => (inspection.opened === undefined ? -1 : shown.findIndex(({ seq }) => seq === inspection.opened))}
        activate={(index) => inspection.open(shown[index])}
        row={(index) => shown[index] && <Entry entry={shown[index]} whose={whose(shown[index].connection)} />}
        empty={inspection.entryFilter === '' ? 'Nothing has happened yet.' : 'Nothing passes the filter.'}
      />
      {entry !== undefined && <Details key={entry.seq} entry={entry} inspection={inspection} />}
    </section>
  );
}

const classOf = (entry: TimelineEntry | undefined): string =>
  entry === undefined ? '' : `${entry.kind} ${'direction' in entry ? entry.direction : ''}`;

function Entry({ entry, whose }: { readonly entry: TimelineEntry; readonly whose: string }): VNode {
  const { kind, tone, flags, size, text } = wordsOf(entry);
  const direction = 'direction' in entry ? entry.direction : '';
  return (
    <>
      <time title={clock(entry.at)}>{clock(entry.at).slice(3)}</time>
      <span class="whose">{whose}</span>
      <span class="direction" title={direction}>
        {direction === 'in' ? '↓' : direction === 'out' ? '↑' : ''}
      </span>
      <span class={`kind ${tone}`}>{kind}</span>
      <span class="flags">{flags}</span>
      <span class="size">{size === undefined ? '' : bytes(size)}</span>
      <bdi class="text">{text}</bdi>
    </>
  );
}
