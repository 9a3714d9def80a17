/** A test without a network and without waiting: two drivers, a link in memory, and a clock that is told to go on. */
import {
  ConnectionReset,
  Driver,
  type Faults,
  type Host,
  type LinkOptions,
  type MemoryHost,
  MemoryLink,
  type MemoryTransport,
  memoryHost,
  VirtualClock,
  type WayOptions,
} from 'sansocket/testing';

const clock = new VirtualClock();
const memory: MemoryHost = memoryHost(clock, 7);
const host: Host = memory;
const way: WayOptions = { latency: 20, capacity: 1_024 };
const options: LinkOptions = { toServer: way, toClient: way };
const link = new MemoryLink(clock, options);

const server: Driver = new Driver({ role: 'server' }, host, {
  event(event) {
    if (event.type === 'request') server.connection.accept();
    else if (event.type === 'message') server.connection.send(event.data);
  },
  drain() {},
});
const client: Driver = new Driver({ role: 'client', request: { host: 'test', target: '/' } }, host, {
  event(event) {
    if (event.type === 'open') client.connection.send('hello');
    else if (event.type === 'message') console.log(clock.now(), event.data);
    else if (event.type === 'closed') console.log(event.code, event.error instanceof ConnectionReset);
  },
  drain() {},
});

const side: MemoryTransport = link.server;
side.drive(server);
link.client.drive(client);
clock.advance(1_000);

const faults: Faults = link.toServer;
faults.cut(0, 'reset');
clock.advance(1_000);
console.log(memory.errors);
