import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const files = ['core', 'adapters'].flatMap((folder) =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file}`),
);

it.each(files)('%s draws nothing from Math.random (I5, I8)', (file) => {
  expect(readFileSync(new URL(file, root), 'utf8')).not.toMatch(/\bMath\s*\.\s*random\b/);
});
