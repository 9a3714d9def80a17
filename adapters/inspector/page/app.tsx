/** The whole page. */
import { render, type VNode } from 'preact';
import { useEffect, useReducer, useState } from 'preact/hooks';
import { Connections } from './connections.tsx';
import { feed } from './feed.ts';
import { Inspection } from './inspection.ts';
import { KEYS, listenToKeys } from './keys.ts';
import { Machine } from './machine.tsx';
import { Timeline } from './timeline.tsx';

/** What may be shown besides, such as the playground. */
export interface Panel {
  readonly name: string;
  readonly view: (inspection: Inspection) => VNode;
}

export function start(root: HTMLElement, panel?: Panel): Inspection {
  const inspection = new Inspection();
  root.replaceChildren();
  render(<App inspection={inspection} panel={panel} />, root);
  listenToKeys(inspection);
  feed(inspection);
  return inspection;
}

interface AppProps {
  readonly inspection: Inspection;
  readonly panel: Panel | undefined;
}

function App({ inspection, panel }: AppProps): VNode {
  useChanges(inspection);
  const tabs = [...(panel === undefined ? [] : [panel.name]), 'Connections', 'Machine', 'Timeline'];
  const [tab, setTab] = useState(tabs[0]);
  return (
    <>
      <Masthead inspection={inspection} />
      <nav class="tabs" aria-label="Parts">
        {tabs.map((name) => (
          <button key={name} type="button" aria-pressed={name === tab} onClick={() => setTab(name)}>
            {name}
          </button>
        ))}
      </nav>
      <main data-tab={tab?.toLowerCase()} class={panel === undefined ? '' : 'with-panel'}>
        {panel !== undefined && (
          <section class={`panel ${panel.name.toLowerCase()}`} aria-label={panel.name}>
            {panel.view(inspection)}
          </section>
        )}
        <Connections inspection={inspection} />
        <Machine inspection={inspection} />
        <Timeline inspection={inspection} />
      </main>
    </>
  );
}

const LINKS = {
  connecting: 'connecting',
  live: 'live',
  lost: 'the process is gone',
  'other version': 'another version: reload the page',
};

function Masthead({ inspection }: { readonly inspection: Inspection }): VNode {
  const { link, paused, process } = inspection;
  return (
    <header class="masthead">
      <h1>
        <svg class="logo" viewBox="0 0 24 24" aria-hidden="true">
          <path d="M4 7h13l-3-3M20 17H7l3 3" />
        </svg>
        sansocket
      </h1>
      <p class="process">
        {process === undefined
          ? ''
          : [process.program, process.runtime, `pid ${process.pid}`].filter(Boolean).join(' · ')}
      </p>
      <p class="keys" aria-hidden="true">
        {KEYS.map(([key, what]) => (
          <span key={key}>
            <kbd>{key}</kbd> {what}
          </span>
        ))}
      </p>
      <output class={`link ${paused && link === 'live' ? 'paused' : link.replace(' ', '-')}`} aria-live="polite">
        {paused && link === 'live' ? 'paused' : LINKS[link]}
      </output>
      <button type="button" aria-pressed={paused} onClick={() => inspection.pause(!paused)}>
        {paused ? 'Resume' : 'Pause'}
      </button>
      <button type="button" onClick={() => inspection.clear()}>
        Clear
      </button>
      <button type="button" onClick={() => save(inspection)}>
        Export
      </button>
    </header>
  );
}

/** Renders after changes, once a frame at most, and once a second while ages grow. */
function useChanges(inspection: Inspection): void {
  const [, draw] = useReducer((times: number) => times + 1, 0);
  useEffect(() => {
    let frame = 0;
    const soon = (): void => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        draw(undefined);
      });
    };
    inspection.onChange = soon;
    const timer = setInterval(() => {
      if (!inspection.paused) soon();
    }, 1_000);
    soon();
    return () => {
      clearInterval(timer);
      cancelAnimationFrame(frame);
    };
  }, [inspection]);
}

function save(inspection: Inspection): void {
  const url = URL.createObjectURL(new Blob([inspection.export()], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `sansocket-${inspection.process?.pid ?? 'inspector'}.json`;
  link.click();
  URL.revokeObjectURL(url);
}
