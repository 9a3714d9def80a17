/** A hub with a clock of its own, connections in memory that it watches, and pages that record what they are told. */
import { Hub } from '../../adapters/inspector/hub.ts';
import type {
  Batch,
  Hello,
  HubMessage,
  PageMessage,
  PayloadAnswer,
  TimelineEntry,
} from '../../adapters/inspector/protocol.ts';
import type { Viewer } from '../../adapters/inspector/viewer.ts';
import { MemoryLink } from '../../adapters/runtimes/memory.ts';
import { memoryHost } from '../../adapters/runtimes/memory-host.ts';
import { VirtualClock } from '../../adapters/runtimes/virtual-clock.ts';
import { Driven, type DrivenOptions } from './driven.ts';

export const TOKEN = 'the-token-of-the-inspector';
/** Where the clock of the hub begins, in milliseconds since 1970. */
export const EPOCH = 1_000_000;

class RecordingPage {
  readonly told: HubMessage[] = [];
  waiting = 0;
  readonly viewer: Viewer;

  constructor(hub: Hub) {
    const page = this;
    this.viewer = hub.open({
      send: (text) => page.told.push(JSON.parse(text)),
      get waiting() {
        return page.waiting;
      },
    });
  }

  say(message: PageMessage): this {
    if (!this.viewer.receive(JSON.stringify(message))) throw new Error(`refused: ${JSON.stringify(message)}`);
    return this;
  }

  get hellos(): Hello[] {
    return this.told.filter((each) => each.type === 'hello');
  }

  get batches(): Batch[] {
    return this.told.filter((each) => each.type === 'batch');
  }

  get payloads(): PayloadAnswer[] {
    return this.told.filter((each) => each.type === 'payload');
  }

  get entries(): TimelineEntry[] {
    return this.batches.flatMap(({ entries }) => entries);
  }

  /** Entries of one kind. */
  of<Kind extends TimelineEntry['kind']>(kind: Kind): Extract<TimelineEntry, { kind: Kind }>[] {
    return this.entries.filter((each): each is Extract<TimelineEntry, { kind: Kind }> => each.kind === kind);
  }
}

export interface Inspected {
  readonly clock: VirtualClock;
  readonly hub: Hub;
  page(): RecordingPage;
  /** A client and a server that the hub watches, in this order; nothing has passed yet. */
  pair(client?: DrivenOptions, server?: DrivenOptions): { client: Driven; server: Driven };
}

export function inspected(): Inspected {
  const clock = new VirtualClock();
  const hub = new Hub({
    host: memoryHost(clock),
    epoch: EPOCH,
    token: TOKEN,
    process: { pid: 7, runtime: 'Node.js 20', program: 'app.js', started: EPOCH },
  });
  return {
    clock,
    hub,
    page: () => new RecordingPage(hub),
    pair(clientOptions, serverOptions) {
      const link = new MemoryLink(clock);
      const client = new Driven('client', clock, clientOptions);
      const server = new Driven('server', clock, serverOptions);
      hub.watch(client.driver);
      hub.watch(server.driver);
      server.over(link.server);
      client.over(link.client);
      return { client, server };
    },
  };
}

export const text = (base64: string | null): string => Buffer.from(base64 ?? '', 'base64').toString();
