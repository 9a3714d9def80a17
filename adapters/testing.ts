/** For tests: a network in memory, a clock that stands still, and the suite that every adapter must pass. */

export { Driver, type Host, type Transport, type TransportUser } from './driver.ts';
export { ConnectionReset, MemoryLink, MemoryTransport } from './runtimes/memory.ts';
export { type MemoryHost, memoryHost } from './runtimes/memory-host.ts';
export type { Faults, LinkOptions, WayOptions } from './runtimes/network-conditions.ts';
export { VirtualClock } from './runtimes/virtual-clock.ts';
export { CONFORMANCE, runConformance } from './testing/conformance.ts';
export { conformanceServer } from './testing/conformance-server.ts';
export { type RawFrame, RawPeer } from './testing/raw-peer.ts';
export type { Attend, Case, Result, Subject } from './testing/subject.ts';
