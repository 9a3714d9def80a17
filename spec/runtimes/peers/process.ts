/**
 * A runtime that runs processes, as a peer: `serve` prints the URL of a server of the suite and serves until it is
 * killed; `run <url>` prints how every case went; `vectors` prints how the wire vectors went.
 */

import type { Stoppable } from '../../../adapters/listener.ts';
import { nodeDeflate } from '../../../adapters/runtimes/node-deflate.ts';
import { portableDeflate } from '../../../adapters/runtimes/portable-deflate.ts';
import { type Attend, conformanceServer, runConformance, type Subject } from '../../../adapters/testing.ts';
import { runVectors } from './vectors.ts';

export async function main(subject: Subject, listen: (attend: Attend) => Promise<Stoppable>): Promise<void> {
  const [mode, url = ''] = process.argv.slice(2);
  if (mode === 'serve') {
    const { attend } = conformanceServer(subject.host);
    print({ url: (await listen(attend)).url });
  } else {
    print(mode === 'run' ? await runConformance(subject, url) : runVectors([nodeDeflate, portableDeflate]));
    process.exit();
  }
}

function print(value: unknown): void {
  console.log(JSON.stringify(value));
}
