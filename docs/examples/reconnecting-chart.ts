/** The life of a client that comes back, to run or to draw. */
import { reconnectingChart } from 'sansocket/reconnecting-chart';
import { createActor } from 'xstate';

const actor = createActor(reconnectingChart).start();
for (const type of ['opened', 'lost', 'due', 'closeRequested']) actor.send({ type });
console.log(actor.getSnapshot().value); // closing
