/** What one connection costs from its request to its end, without a network; messages are the difference of two. */
import { Connection } from '../../core/index.ts';
import { REQUEST } from '../support/opened.ts';
import { frame } from '../support/wire.ts';
import { compare, type Work } from './harness.ts';

const OPERATIONS = 1_000;
const KEY = Uint8Array.of(1, 2, 3, 4);
const MESSAGE = frame(0x82, new Uint8Array(64), KEY);
const CLOSE = frame(0x88, Uint8Array.of(3, 232), KEY);

await compare(
  'one connection',
  [
    { name: 'request, Close, end', setUp: () => living(0) },
    { name: 'the same with 10 messages of 64 B', setUp: () => living(10) },
  ],
  { operations: OPERATIONS },
);

function living(messages: number): Work {
  let over = 0;
  const live = (): void => {
    const connection: Connection = new Connection({
      role: 'server',
      output(output) {
        if (output.type === 'request') connection.accept();
        else if (output.type === 'closed' && output.clean) over++;
      },
    });
    connection.start();
    connection.receive(REQUEST.slice());
    for (let i = 0; i < messages; i++) connection.receive(MESSAGE.slice());
    connection.receive(CLOSE.slice());
    connection.transportClosed();
  };
  return {
    run() {
      over = 0;
      for (let i = 0; i < OPERATIONS; i++) live();
      return over;
    },
  };
}
