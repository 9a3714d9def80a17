/** Draws a chart of `core/lifecycle.ts` as Mermaid. Run: `npm run diagram`, which rewrites those in ARCHITECTURE.md. */
import type { AnyStateMachine, StateNode } from 'xstate';

/** The statechart of `machine` as a Mermaid `stateDiagram-v2`. */
function diagram(machine: AnyStateMachine): string {
  const lines = ['stateDiagram-v2'];
  const nodes = Object.values(machine.root.states) as StateNode[];
  lines.push(`  [*] --> ${machine.root.initial.target[0]?.key}`);
  for (const node of nodes) {
    const children = Object.values(node.states) as StateNode[];
    if (children.length === 0) continue;
    lines.push(`  state ${node.key} {`);
    if (node.key === 'connecting') lines.push(`    [*] --> ${node.initial.target[0]?.key}`);
    for (const child of children) lines.push(`    ${child.key}`);
    lines.push('  }');
  }
  for (const node of nodes.flatMap((each) => [each, ...(Object.values(each.states) as StateNode[])])) {
    for (const [event, transitions] of node.transitions) {
      for (const { target, actions } of transitions) {
        const effects = actions.map((action: unknown) => (typeof action === 'string' ? action : nameOf(action)));
        const label = effects.length > 0 ? `${String(event)} / ${effects.join(', ')}` : String(event);
        lines.push(`  ${node.key} --> ${target?.[0]?.key ?? node.key}: ${label}`);
      }
    }
  }
  lines.push('  closed --> [*]');
  return lines.join('\n');
}

/** `markdown` with its diagrams drawn anew: each stands behind a comment that names its role. */
export const redraw = (markdown: string, charts: Readonly<Record<string, AnyStateMachine>>): string =>
  markdown.replace(/(<!-- the chart of a (client|server) -->\n)```mermaid\n[\s\S]*?\n```/g, (whole, comment, role) => {
    const chart = charts[role];
    return chart === undefined ? whole : `${comment}\`\`\`mermaid\n${diagram(chart)}\n\`\`\``;
  });

const nameOf = (action: unknown): string => String((action as { readonly type?: string }).type); // xstate wraps names so
