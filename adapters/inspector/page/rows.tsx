/**
 * A list of any length, of which only the rows in sight are in the document.
 *
 * One row is active; arrows, Page Up and Down, Home and End move it. At its end, a list that follows stays there
 * when rows are added.
 */
import type { ComponentChildren, VNode } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

interface RowsProps {
  readonly label: string;
  readonly count: number;
  /** In pixels, the same for all. */
  readonly height: number;
  readonly row: (index: number) => ComponentChildren;
  readonly keyOf: (index: number) => number;
  readonly classOf: (index: number) => string;
  /** The index of the active row, or -1. Asked for with each key, too: keys may be faster than the screen. */
  readonly active: () => number;
  readonly activate: (index: number) => void;
  readonly follow?: boolean;
  /** What stands there instead of no row. */
  readonly empty: ComponentChildren;
}

const isAtEnd = ({ scrollTop, clientHeight, scrollHeight }: HTMLElement, height: number): boolean =>
  scrollTop + clientHeight >= scrollHeight - height;

/** Rows above and below those in sight, so that none is missing while one scrolls. */
const MARGIN = 6;

export function Rows(props: RowsProps): VNode {
  const { label, count, height, follow = false } = props;
  const active = props.active();
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [size, setSize] = useState(400);
  const atEnd = useRef(true);
  const [away, setAway] = useState(false);

  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setSize(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    const element = list.current;
    if (element !== null && follow && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [count, follow, size]);

  // The active row is scrolled into sight, whoever made it active, and whatever takes room beside it.
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null || active < 0) return;
    const [above, below] = [active * height, (active + 1) * height];
    if (above < element.scrollTop) element.scrollTop = above;
    else if (below > element.scrollTop + element.clientHeight) element.scrollTop = below - element.clientHeight;
    atEnd.current = isAtEnd(element, height);
  }, [active, height, size]);

  const scrolled = ({ currentTarget }: { currentTarget: HTMLDivElement }): void => {
    setTop(currentTarget.scrollTop);
    atEnd.current = isAtEnd(currentTarget, height);
    setAway(!atEnd.current);
  };

  const pressed = (event: KeyboardEvent): void => {
    const at = props.active();
    const page = Math.max(1, Math.floor(size / height) - 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowUp: at - 1,
      ArrowDown: at + 1,
      PageUp: at - page,
      PageDown: at + page,
      Home: 0,
      End: count - 1,
    };
    const to = moves[event.key];
    if (to === undefined || count === 0) return;
    event.preventDefault();
    props.activate(Math.min(count - 1, Math.max(0, to)));
  };

  const first = Math.max(0, Math.floor(top / height) - MARGIN);
  const last = Math.min(count, Math.ceil((top + size) / height) + MARGIN);
  const indices = Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at);
  const toEnd = (): void => {
    const element = list.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  };
  const name = label.replaceAll(' ', '-').toLowerCase();
  return (
    <div
      class="rows"
      role="listbox"
      aria-label={label}
      aria-activedescendant={active >= 0 ? `${name}-${props.keyOf(active)}` : undefined}
      tabIndex={0}
      ref={list}
      onScroll={scrolled}
      onKeyDown={pressed}
    >
      {follow && away && (
        <button type="button" class="newest" onClick={toEnd}>
          newest ↓
        </button>
      )}
      {count === 0 && <div class="empty">{props.empty}</div>}
      <div class="all" style={{ height: `${count * height}px` }}>
        {indices.map((index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the list has the focus and the keys
          <div
            key={props.keyOf(index)}
            id={`${name}-${props.keyOf(index)}`}
            class={`row ${props.classOf(index)}`}
            role="option"
            aria-selected={index === active}
            aria-posinset={index + 1}
            aria-setsize={count}
            style={{ transform: `translateY(${index * height}px)`, height: `${height}px` }}
            onClick={() => props.activate(index)}
          >
            {props.row(index)}
          </div>
        ))}
      </div>
    </div>
  );
}
