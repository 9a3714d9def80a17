/** The statechart of a role as SVG: where a connection stands, the way it came, and its last step as it is taken. */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Role } from '../../../core/index.ts';
import layouts from './chart-layout.json' with { type: 'json' };
import { stateName, tone } from './formats.ts';
import type { Step } from './inspection.ts';
import { prefersStillness } from './media.ts';

/** How it is drawn: `spec/support/chart-layout.ts` has them. */
export type Shape = keyof (typeof layouts)['server'];

interface ChartProps {
  readonly role: Role;
  readonly shape: Shape;
  readonly state: string;
  readonly steps: readonly Step[];
}

type Drawing = (typeof layouts)['server'][Shape];
type Line = Drawing['transitions'][number];

/** How long a step is shown before the next, where several came at once, in milliseconds. */
const PACE = 360;
/** Of steps that came at once so many are shown one after the other. */
const REPLAYED = 5;

export function Chart({ role, shape, state, steps }: ChartProps): VNode {
  const drawing: Drawing = layouts[role][shape];
  const shown = useShown(steps);
  const step = steps[shown - 1];
  const current = shown === steps.length ? state : (step?.to ?? state);
  const taken = new Set(steps.slice(0, shown).map((each) => lineOf(drawing, each)));
  const visited = new Set(steps.slice(0, shown).flatMap(({ from, to }) => [from, to]));
  const moving = step === undefined ? undefined : lineOf(drawing, step);
  const possible = (line: Line): boolean => current === line.from || current.startsWith(`${line.from}.`);
  const look = (line: Line): string =>
    line === moving ? 'last' : taken.has(line) ? 'taken' : possible(line) ? 'possible' : '';
  return (
    <figure class={`chart ${shape}`}>
      <svg
        viewBox={`0 0 ${drawing.width} ${drawing.height}`}
        role="img"
        aria-label={`The chart of the ${role}: ${current}`}
        data-state={current}
      >
        {drawing.states
          .filter(({ compound }) => compound)
          .map((box) => (
            <g
              key={box.id}
              class={`state compound ${current.startsWith(`${box.id}.`) ? `within ${tone(current)}` : ''}`}
            >
              <rect x={box.x} y={box.y} width={box.width} height={box.height} rx="9" />
              <text x={box.x + 9} y={box.y + 17}>
                {box.name}
              </text>
            </g>
          ))}
        {drawing.transitions.map((line) => (
          <g key={`${line.from} ${line.to}`} class={`transition ${look(line)}`}>
            <path class="line" d={curve(line)} />
            <path class="tip" d={arrow(line)} />
          </g>
        ))}
        {moving !== undefined && step !== undefined && (
          <g key={step.seq} class={`transition moving ${/violation|Unresponsive/.test(step.event) ? 'bad' : ''}`}>
            <path class="line" d={curve(moving)} pathLength={1} />
            <circle r="4.5" style={{ offsetPath: `path("${curve(moving)}")` }} />
          </g>
        )}
        {drawing.transitions.map((line) =>
          'label' in line ? (
            <text key={`${line.from} ${line.to} label`} class={`event ${look(line)}`}>
              {line.events.map((event, at) => (
                <tspan
                  key={event}
                  x={line.label[0]}
                  y={(line.label[1] ?? 0) + 8.5 + 11 * at}
                  class={line === moving && event === step?.event ? 'this' : ''}
                >
                  {event}
                </tspan>
              ))}
            </text>
          ) : null,
        )}
        {drawing.states
          .filter(({ compound }) => !compound)
          .map((box) => (
            <g
              key={`${box.id} ${box.id === current ? (step?.seq ?? '') : ''}`}
              class={`state ${box.id === current ? `lit ${tone(box.id)}` : visited.has(box.id) ? 'visited' : ''}`}
            >
              <rect x={box.x} y={box.y} width={box.width} height={box.height} rx="7" />
              <text x={box.x + box.width / 2} y={box.y + 17.5} text-anchor="middle">
                {box.name}
              </text>
            </g>
          ))}
      </svg>
      <figcaption aria-live="polite">
        {step === undefined ? <span class="none">no step seen yet</span> : <LastStep step={step} />}
      </figcaption>
    </figure>
  );
}

function LastStep({ step }: { readonly step: Step }): VNode {
  return (
    <>
      <span class="event">{step.event}</span>{' '}
      <span class="way">
        {stateName(step.from)} → <strong>{stateName(step.to)}</strong>
      </span>
      {step.effects.map((effect) => (
        <span key={effect} class="effect">
          {effect}
        </span>
      ))}
    </>
  );
}

/** How many of `steps` are shown: all, but those that came at once one after the other. */
function useShown(steps: readonly Step[]): number {
  const [shown, setShown] = useState(steps.length);
  const next =
    shown > steps.length || prefersStillness()
      ? steps.length
      : Math.max(shown, steps.length - REPLAYED, Math.min(1, steps.length));
  useEffect(() => {
    if (next === steps.length) {
      if (shown !== next) setShown(next);
      return;
    }
    const timer = setTimeout(() => setShown(next + 1), next === shown ? PACE : 0);
    return () => clearTimeout(timer);
  }, [steps.length, shown, next]);
  return next;
}

/** The line of a step: from its state, or from one around it. */
const lineOf = ({ transitions }: Drawing, { from, event, to }: Step): Line | undefined =>
  transitions.find(
    (line) => line.to === to && line.events.includes(event) && (line.from === from || from.startsWith(`${line.from}.`)),
  );

type Point = readonly number[];

/** A line through its corners, which are rounded. */
function curve({ points }: Line): string {
  const [first = [0, 0], ...rest] = points as readonly Point[];
  let path = `M ${first.join(' ')}`;
  rest.forEach((corner, at) => {
    const before = at === 0 ? first : (rest[at - 1] ?? first);
    const behind = rest[at + 1];
    if (behind === undefined) path += ` L ${corner.join(' ')}`;
    else path += ` L ${towards(corner, before).join(' ')} Q ${corner.join(' ')} ${towards(corner, behind).join(' ')}`;
  });
  return path;
}

/** A point some way from `from` to `to`: half of it at most. */
function towards(from: Point, to: Point): Point {
  const [x = 0, y = 0] = from;
  const [dx, dy] = [(to[0] ?? 0) - x, (to[1] ?? 0) - y];
  const length = Math.hypot(dx, dy) || 1;
  const part = Math.min(5, length / 2) / length;
  return [Math.round((x + dx * part) * 10) / 10, Math.round((y + dy * part) * 10) / 10];
}

/** The head of an arrow where a line ends. */
function arrow({ points }: Line): string {
  const [[x = 0, y = 0] = [], [fromX = 0, fromY = 0] = []] = [points.at(-1), points.at(-2)];
  const angle = Math.atan2(y - fromY, x - fromX);
  const corner = (turn: number): string =>
    `${(x - 7 * Math.cos(angle + turn)).toFixed(1)} ${(y - 7 * Math.sin(angle + turn)).toFixed(1)}`;
  return `M ${x} ${y} L ${corner(0.42)} L ${corner(-0.42)} Z`;
}
