import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

test.each(['echo-server', 'echo-client', 'bare-core'])('README shows examples/%s.ts as it is compiled', (name) => {
  expect(read('../README.md')).toContain(`\`\`\`ts\n${read(`../examples/${name}.ts`).trimEnd()}\n\`\`\``);
});
