/**
 * Where the states and transitions of a chart of `core/lifecycle.ts` stand when it is drawn, computed by ELK.
 * Run: `npm run lifecycle`, which writes `adapters/inspector/page/chart-layout.json`.
 */
import ElkConstructor, { type ELK, type ElkExtendedEdge, type ElkNode } from 'elkjs/lib/elk.bundled.js';
import type { AnyStateMachine, StateNode } from 'xstate';
import { charts } from '../../core/lifecycle.ts';

/** A state, by its path such as `closing.closeSent`; places are those of the whole drawing. */
interface DrawnState {
  readonly id: string;
  readonly name: string;
  /** Whether states are drawn within it. */
  readonly compound: boolean;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** All transitions from one state to another; each event on a line of its own. */
interface DrawnTransition {
  readonly from: string;
  readonly to: string;
  readonly events: readonly string[];
  /** The corners of its line, from its beginning to its end. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** The upper left corner of its text, where it has one. */
  readonly label?: readonly [x: number, y: number];
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly states: readonly DrawnState[];
  readonly transitions: readonly DrawnTransition[];
}

/** Downwards with the events at the lines; or without them: to the right, to stand above another, or downwards, for a narrow screen. */
export const SHAPES = ['labelled', 'compact', 'narrow'] as const;
type Shape = (typeof SHAPES)[number];

/** What a line of events, and a character of it and of a name, is thought to take. */
const LINE = 11;
const CHARACTER = 5.5;
const NAME = 7;
const HEIGHT = 26;

const OPTIONS: Readonly<Record<string, string>> = {
  'elk.algorithm': 'layered',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.padding': '[top=6,left=6,bottom=6,right=6]',
  'elk.spacing.edgeEdge': '7',
  'elk.spacing.edgeNode': '9',
  'elk.spacing.nodeNode': '14',
  'elk.spacing.edgeLabel': '3',
  'elk.layered.spacing.edgeNodeBetweenLayers': '9',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '7',
  'elk.layered.spacing.nodeNodeBetweenLayers': '18',
};

/** Lays out `machine`. */
async function layOut(machine: AnyStateMachine, shape: Shape): Promise<Drawing> {
  const nodes = below(machine.root);
  const transitions = nodes.flatMap(transitionsOf);
  // Its types name the constructor as Node does not: the default export of a CommonJS module.
  const Elk = ElkConstructor as unknown as new () => ELK;
  const laidOut: ElkNode = await new Elk().layout({
    id: 'root',
    layoutOptions: { ...OPTIONS, 'elk.direction': shape === 'compact' ? 'RIGHT' : 'DOWN' },
    children: childrenOf(machine.root),
    edges: transitions.map(({ from, to, events }) => ({
      id: `${from} ${to}`,
      sources: [from],
      targets: [to],
      ...(shape === 'labelled' && {
        labels: [{ text: to, width: longest(events) * CHARACTER, height: events.length * LINE }],
      }),
    })),
  });
  const placed = [{ node: laidOut, x: 0, y: 0 }, ...placesWithin(laidOut, 0, 0)];
  const states = placed.slice(1).map(({ node, x, y }) => ({
    id: node.id,
    name: node.id.split('.').at(-1) ?? node.id,
    compound: node.children !== undefined,
    ...{ x: round(x), y: round(y), width: round(node.width), height: round(node.height) },
  }));
  return {
    width: round(laidOut.width),
    height: round(laidOut.height),
    states,
    transitions: transitions.map((transition) => {
      const edge = laidOut.edges?.find(({ id }) => id === `${transition.from} ${transition.to}`);
      if (edge === undefined) throw new Error(`no line from ${transition.from} to ${transition.to}`);
      const origin = placed.find(({ node }) => node.id === (edge.container ?? 'root'));
      return { ...transition, ...lineOf(edge, origin?.x ?? 0, origin?.y ?? 0) };
    }),
  };
}

/** Every drawing, by role and shape: what `adapters/inspector/page/chart-layout.json` says. */
export async function layoutSource(): Promise<string> {
  const drawings = [];
  for (const role of ['client', 'server'] as const) {
    const shapes = [];
    for (const shape of SHAPES) shapes.push(`"${shape}": ${linesOf(await layOut(charts[role], shape))}`);
    drawings.push(`"${role}": {\n${shapes.join(',\n')}\n}`);
  }
  return `{\n${drawings.join(',\n')}\n}\n`;
}

const linesOf = ({ width, height, states, transitions }: Drawing): string =>
  `{\n"width": ${width}, "height": ${height},\n"states": ${rows(states)},\n"transitions": ${rows(transitions)}\n}`;
const rows = (all: readonly object[]): string => `[\n${all.map((each) => JSON.stringify(each)).join(',\n')}\n]`;

const pathOf = (node: StateNode): string => node.path.join('.');
const statesOf = (node: StateNode): StateNode[] => Object.values(node.states) as StateNode[];
const below = (node: StateNode): StateNode[] => statesOf(node).flatMap((child) => [child, ...below(child)]);

function childrenOf(parent: StateNode): ElkNode[] {
  return statesOf(parent).map((node) => {
    const children = childrenOf(node);
    const size = { width: Math.max(52, node.key.length * NAME + 16), height: HEIGHT };
    if (children.length === 0) return { id: pathOf(node), ...size };
    return { id: pathOf(node), children, layoutOptions: { 'elk.padding': '[top=26,left=10,bottom=10,right=10]' } };
  });
}

/** The transitions out of a state; those to the same state, which share a line, as one. */
function transitionsOf(node: StateNode): { from: string; to: string; events: string[] }[] {
  const events = new Map<string, string[]>();
  for (const [event, all] of node.transitions) {
    for (const target of all.flatMap((each) => each.target ?? [])) {
      const to = pathOf(target);
      events.set(to, [...(events.get(to) ?? []), String(event)]);
    }
  }
  return [...events].map(([to, names]) => ({ from: pathOf(node), to, events: names }));
}

/** Every node below `parent`, the outer ones first, with its place in the whole drawing. */
function placesWithin(parent: ElkNode, x: number, y: number): { node: ElkNode; x: number; y: number }[] {
  return (parent.children ?? []).flatMap((node) => {
    const place = { x: x + (node.x ?? 0), y: y + (node.y ?? 0) };
    return [{ node, ...place }, ...placesWithin(node, place.x, place.y)];
  });
}

/** The line and the label of an edge; ELK gives them relative to the node that contains both its ends. */
function lineOf(edge: ElkExtendedEdge, x: number, y: number): Pick<DrawnTransition, 'points' | 'label'> {
  const at = (point: { readonly x?: number; readonly y?: number }): [number, number] => [
    round(x + (point.x ?? 0)),
    round(y + (point.y ?? 0)),
  ];
  const points = (edge.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) =>
    [startPoint, ...bendPoints, endPoint].map(at),
  );
  const [label] = edge.labels ?? [];
  return { points, ...(label !== undefined && { label: at(label) }) };
}

const longest = (lines: readonly string[]): number => Math.max(...lines.map((line) => line.length));
const round = (value = 0): number => Math.round(value * 10) / 10;
