/** A traffic light for cars: a machine that runs on a server, which tells everybody what it shows. */
import { type Inspectable, serve } from 'sansocket/node';
import { type ActorOptions, type AnyActorRef, createActor, setup } from 'xstate';

const light = setup({ types: { events: {} as { type: 'pressed' } } }).createMachine({
  id: 'light',
  initial: 'green',
  states: {
    green: { on: { pressed: 'yellow' } },
    yellow: { after: { 2000: 'red' } },
    red: { after: { 5000: 'green' } },
  },
});

export interface Light {
  readonly url: string;
  readonly actor: AnyActorRef;
  close(): Promise<void>;
}

export async function serveLight(
  { port, inspect }: { readonly port?: number } & Inspectable = {},
  options: ActorOptions<typeof light> = {},
): Promise<Light> {
  const actor = createActor(light, options);
  const server = await serve({
    port,
    inspect,
    open: (connection) => void connection.send(actor.getSnapshot().value),
    message(_connection, message) {
      if (message === 'press') actor.send({ type: 'pressed' });
    },
  });
  actor.subscribe(({ value }) => void server.broadcast(value));
  actor.start();
  return {
    url: server.url,
    actor,
    async close() {
      actor.stop();
      await server.close();
    },
  };
}
