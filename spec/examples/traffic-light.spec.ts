import { expect, it } from 'vitest';
import { createActor, SimulatedClock, waitFor } from 'xstate';
import { crossing } from '../../examples/traffic-light/crossing.ts';
import { serveLight } from '../../examples/traffic-light/light.ts';

it('lets people walk while the cars have red, and comes back when the light was away', async () => {
  const clock = new SimulatedClock();
  const light = await serveLight({}, { clock });
  const walker = createActor(crossing, { clock, input: { url: light.url } }).start();
  try {
    await waitFor(walker, (state) => state.matches({ connected: 'wait' }));
    walker.send({ type: 'press' });
    await waitFor(light.actor, ({ value }) => value === 'yellow');
    expect(walker.getSnapshot().value).toEqual({ connected: 'wait' });
    clock.increment(2_000);
    expect(light.actor.getSnapshot().value).toBe('red');
    await waitFor(walker, (state) => state.matches({ connected: 'walk' }));
    clock.increment(5_000);
    await waitFor(walker, (state) => state.matches({ connected: 'wait' }));
    await light.close();
    await waitFor(walker, (state) => state.matches('lost'));
    const again = await serveLight({ port: Number(new URL(light.url).port) }, { clock });
    clock.increment(1_000);
    await waitFor(walker, (state) => state.matches({ connected: 'wait' }));
    await again.close();
  } finally {
    walker.stop();
  }
});
