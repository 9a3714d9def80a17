/** The chart of a server, run as an actor. */
import { charts, type Effect, type LifecycleEvent, type Permits, type Role } from 'sansocket/lifecycle';
import { createActor } from 'xstate';

const role: Role = 'server';
const told =
  (effect: Effect): (() => void) =>
  () =>
    console.log(effect);
const chart = charts[role].provide({ actions: { reportOpen: told('reportOpen'), sendClose: told('sendClose') } });

const actor = createActor(chart).start();
const events: readonly LifecycleEvent[] = ['requestReceived', 'accepted', 'closeReceived'];
for (const type of events) actor.send({ type });

const [permits] = Object.values(actor.getSnapshot().getMeta()).reverse() as Permits[];
console.log(actor.getSnapshot().value, permits?.sends);
