/** The keys of the whole page; those of a list are in `rows.tsx`. */
import type { Inspection } from './inspection.ts';

/** What a person may want to know of them. */
export const KEYS: readonly (readonly [key: string, what: string])[] = [
  ['↑ ↓', 'move'],
  ['/', 'filter'],
  ['space', 'pause'],
  ['Esc', 'close'],
];

export function listenToKeys(inspection: Inspection): void {
  addEventListener('keydown', (event) => {
    const { target } = event;
    const typing = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
    const pressing = typing || target instanceof HTMLButtonElement || target instanceof HTMLSelectElement;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '/' && !typing) {
      event.preventDefault();
      document.getElementById('filter')?.focus();
    } else if (event.key === ' ' && !pressing) {
      event.preventDefault();
      inspection.pause(!inspection.paused);
    } else if (event.key === 'Escape') {
      leave(inspection, typing ? target : undefined);
    }
  });
}

/** One step back: out of a field that is empty, out of what is typed, out of what is opened. */
function leave(inspection: Inspection, field: HTMLElement | undefined): void {
  const filtering = field?.id === 'filter';
  if (filtering && inspection.entryFilter !== '') inspection.entryFilter = '';
  else if (field !== undefined) field.blur();
  else inspection.open(undefined);
}
