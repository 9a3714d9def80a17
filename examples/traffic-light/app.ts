/** A crossing on a terminal: Enter presses the button, Ctrl-C ends it, and a page shows the connections of both lights. */
import { createInterface } from 'node:readline/promises';
import { createActor } from 'xstate';
import { crossing } from './crossing.ts';
import { serveLight } from './light.ts';

const light = await serveLight({ inspect: { print: true } });
const walker = createActor(crossing, { input: { url: light.url } });
walker.subscribe(({ value }) =>
  console.log(`cars: ${light.actor.getSnapshot().value}, on foot: ${JSON.stringify(value)}`),
);
walker.start();
console.log('Enter presses the button.');
const terminal = createInterface({ input: process.stdin });
terminal.on('line', () => walker.send({ type: 'press' }));
terminal.on('close', () => {
  walker.stop();
  void light.close();
});
process.once('SIGINT', () => terminal.close());
