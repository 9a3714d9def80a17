/** What one seed stands for: a network, what happens to it, and a program on each side. */
import type { LinkOptions, WayOptions } from '../../adapters/runtimes/network-conditions.ts';
import type { Deadlines, Limits, Role } from '../../core/index.ts';
import { Random } from './random.ts';

/** What a program, or fate, does at some time. */
export type Action =
  | {
      readonly do: 'send';
      readonly text: boolean;
      readonly size: number;
      readonly transfer: boolean;
      readonly compress: boolean;
    }
  | { readonly do: 'sendPrepared' | 'broadcast'; readonly text: boolean; readonly size: number }
  | { readonly do: 'burst'; readonly count: number; readonly size: number }
  | { readonly do: 'begin'; readonly text: boolean }
  | { readonly do: 'continue'; readonly size: number }
  | { readonly do: 'finish' }
  | {
      readonly do: 'stream';
      readonly text: boolean;
      readonly pieces: readonly number[];
      readonly wait: number;
      readonly fails: boolean;
    }
  | { readonly do: 'ping' | 'pong'; readonly size: number }
  | { readonly do: 'pings'; readonly count: number }
  | { readonly do: 'chatter'; readonly every: number }
  | { readonly do: 'close'; readonly code: number; readonly reason: string }
  | { readonly do: 'abort' | 'pause' | 'resume' | 'drained' }
  | { readonly do: 'receive'; readonly timeout: number }
  | { readonly do: 'shutDown'; readonly grace: number };

interface Timed {
  readonly at: number;
  readonly action: Action;
}

/** How a program talks to its connection: to the driver, or through handlers, a loop, single calls or streams. */
type Style = 'driver' | 'handlers' | 'loop' | 'receive' | 'chunks';

/** What a program does when a message comes, each with a probability. */
interface Reactions {
  readonly echo: number;
  readonly close: number;
  readonly abort: number;
  readonly fail: number;
  readonly wait: number;
  readonly waits: number;
}

interface CompressionPlan {
  readonly engine: 'zlib' | 'portable';
  readonly threshold: number;
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number;
  readonly clientMaxWindowBits: number;
}

/** What a server does about the request. */
interface Verdict {
  readonly how: 'accept' | 'refuse' | 'fail' | 'forget';
  readonly after: number;
  readonly decisionDeadline: number | undefined;
}

export interface SidePlan {
  readonly role: Role;
  readonly style: Style;
  readonly limits: Partial<Limits> | undefined;
  readonly deadlines: Deadlines;
  /** Whether timers are those of an adapter for many connections, up to an eighth of a second late. */
  readonly coarse: boolean;
  readonly compression: CompressionPlan | undefined;
  /** The RSV bit of an invented extension, or 0 where it transforms all; `undefined` for none. */
  readonly inverting: number | undefined;
  /** Whether its transport reads on when it should pause. */
  readonly careless: boolean;
  /** Whether its transport tells of its end within the call that aborts it, as some runtimes do. */
  readonly abrupt: boolean;
  readonly actions: readonly Timed[];
  readonly reactions: Reactions;
}

/** What happens to the network. */
type Fault = { readonly at: number; readonly way: 'toServer' | 'toClient' } & (
  | { readonly fault: 'stall'; readonly released: number | undefined }
  | { readonly fault: 'cut'; readonly bytes: number; readonly how: 'end' | 'reset' }
);

export interface Plan {
  readonly seed: bigint;
  /** Nothing goes wrong and nobody is slow: then everything has to end well. */
  readonly calm: boolean;
  readonly network: LinkOptions;
  readonly faults: readonly Fault[];
  readonly verdict: Verdict;
  readonly client: SidePlan;
  readonly server: SidePlan;
  /** When both programs close, at last. */
  readonly end: number;
}

type Grain = 'whole' | 'medium' | 'small' | 'one';

export function drawPlan(seed: bigint): Plan {
  const random = new Random(seed);
  const calm = random.chance(0.35);
  const grains: Grain[] = [drawGrain(random), drawGrain(random)];
  const end = random.pick([10, 100, 1_000, 3_000]);
  // Who agrees on extensions has to have the same; who has not, does without.
  const inverting = random.chance(0.1) ? random.pick([0x20, 0]) : undefined;
  const network = {
    toServer: drawWay(random, grains[0] ?? 'whole', calm),
    toClient: drawWay(random, grains[1] ?? 'whole', calm),
  };
  const narrow = [network.toServer, network.toClient].some(({ capacity = Infinity }) => capacity < GRAIN.small);
  const finest = (['one', 'small', 'medium'] as const).find((each) => grains.includes(each)) ?? 'whole';
  const grain = narrow && finest !== 'one' ? 'small' : finest; // with room for a few, bytes come one by one, too
  return {
    seed,
    calm,
    network,
    faults: calm ? [] : Array.from({ length: random.pick([0, 1, 1, 2, 3]) }, () => drawFault(random, end)),
    verdict: drawVerdict(random, calm),
    client: deafen(drawSide(random, 'client', calm, grain, end, inverting), seed, end),
    server: deafen(drawSide(random, 'server', calm, grain, end, inverting), seed, end),
    end,
  };
}

/** Lets a program pause whose transport reads on all the same: bytes, and perhaps the end of them, then wait within. */
function deafen(side: SidePlan, seed: bigint, end: number): SidePlan {
  const random = new Random(~seed ^ (side.role === 'client' ? 1n : 2n));
  if (!side.careless || random.chance(0.4)) return side;
  const pause: Timed = { at: random.below(end), action: { do: 'pause' } };
  const actions = [...side.actions, pause].sort((a, b) => a.at - b.at);
  return { ...side, style: 'driver', actions, limits: random.chance(0.5) ? undefined : side.limits };
}

/** How many bytes come at once, at most. */
const GRAIN: Readonly<Record<Grain, number>> = { whole: 65_536, medium: 2_000, small: 16, one: 1 };

const drawGrain = (random: Random): Grain => random.pick(['whole', 'whole', 'whole', 'medium', 'small', 'one']);

function drawWay(random: Random, grain: Grain, calm: boolean): WayOptions {
  const cuts = random.fork();
  const most = GRAIN[grain];
  return {
    latency: calm ? random.pick([0, 0, 1, 40]) : random.pick([0, 0, 1, 7, 50, 400]),
    capacity: calm ? 65_536 : random.pick([65_536, 65_536, 65_536, 1_000, 100, 7, 1]),
    chunk: grain === 'whole' ? undefined : () => cuts.between(1, most),
  };
}

function drawFault(random: Random, end: number): Fault {
  const at = random.below(end);
  const way = random.pick<'toServer' | 'toClient'>(['toServer', 'toClient']);
  if (random.chance(0.5)) {
    return {
      at,
      way,
      fault: 'cut',
      bytes: random.below(random.pick([200, 600, 5_000])),
      how: random.pick(['end', 'reset']),
    };
  }
  return {
    at,
    way,
    fault: 'stall',
    released: random.chance(0.5) ? at + random.pick([1, 50, 1_000, 10_000]) : undefined,
  };
}

function drawVerdict(random: Random, calm: boolean): Verdict {
  return {
    how: random.chance(0.9) ? 'accept' : random.pick(calm ? ['refuse', 'fail'] : ['refuse', 'fail', 'forget']),
    after: random.pick([0, 0, 0, 1, 30, 200]),
    decisionDeadline: random.chance(0.1) ? random.pick([10, 100, 5_000]) : undefined,
  };
}

function drawSide(
  random: Random,
  role: Role,
  calm: boolean,
  grain: Grain,
  end: number,
  inverting: number | undefined,
): SidePlan {
  const style = random.pick<Style>(['driver', 'driver', 'handlers', 'handlers', 'loop', 'receive', 'chunks']);
  const reactive = random.chance(0.5);
  const careless = !calm && random.chance(0.15);
  const count = random.pick([0, 3, 6, 12, 25]);
  const actions = Array.from(
    { length: count },
    (): Timed => ({ at: random.below(end), action: drawAction(random, grain, calm) }),
  );
  return {
    role,
    style,
    limits: calm || (!careless && random.chance(0.6)) ? undefined : drawLimits(random, careless),
    deadlines: calm
      ? { opening: 10_000, closing: 5_000, ping: random.pick([100, 20_000]), pong: 20_000 }
      : {
          opening: random.pick([50, 1_000, 10_000]),
          closing: random.pick([20, 300, 5_000]),
          ping: random.pick([15, 200, 20_000, Infinity]),
          pong: random.pick([15, 300, 20_000, Infinity]),
        },
    coarse: random.chance(0.2),
    compression: random.chance(0.4) ? drawCompression(random) : undefined,
    inverting: random.chance(0.9) ? inverting : undefined,
    careless,
    abrupt: random.chance(0.3),
    actions: actions.sort((a, b) => a.at - b.at),
    reactions: {
      echo: reactive ? random.pick([0, 0.3, 1]) : 0,
      close: reactive && random.chance(0.2) ? 0.1 : 0,
      abort: reactive && !calm && random.chance(0.2) ? 0.1 : 0,
      // A loop that fails takes no more messages, and that is its own affair.
      fail: reactive && (style === 'driver' || style === 'handlers') && random.chance(0.3) ? 0.1 : 0,
      wait: reactive ? random.pick([0, 0.3, 1]) : 0,
      waits: random.pick([0, 1, 20]),
    },
  };
}

const drawCompression = (random: Random): CompressionPlan => ({
  engine: random.chance(0.8) ? 'zlib' : 'portable',
  threshold: random.pick([0, 0, 20, 1_024]),
  serverNoContextTakeover: random.chance(0.3),
  clientNoContextTakeover: random.chance(0.3),
  serverMaxWindowBits: random.pick([15, 15, 8, 9, 12]),
  clientMaxWindowBits: random.pick([15, 15, 8, 9, 12]),
});

const drawLimits = (random: Random, careless: boolean): Partial<Limits> => ({
  ...(random.chance(0.3) && { queueBytes: random.pick([0, 1_000, 100_000]) }),
  ...(random.chance(0.3) && { pongBytes: random.pick([0, 200]) }),
  ...(random.chance(0.2) && { messageBytes: random.pick([0, 100, 5_000]) }),
  ...(random.chance(0.2) && { frameBytes: random.pick([0, 100, 5_000]) }),
  ...(random.chance(0.2) && { fragments: random.pick([1, 2, 4]) }),
  ...(random.chance(careless ? 0.8 : 0.3) && { backlogBytes: random.pick([0, 50, 1_000]) }),
});

/** Sizes with the borders of the length field (RFC 6455 §5.2); where bytes come one by one, few of them. */
function drawSize(random: Random, grain: Grain): number {
  if (grain === 'one' || grain === 'small') return random.pick([0, 1, 5, 30, 125, 126, 150]);
  if (random.chance(0.04)) return random.pick([65_535, 65_536, 70_000, 200_000]);
  return random.pick([0, 1, 2, 20, 125, 126, 127, 300, random.below(5_000)]);
}

function drawAction(random: Random, grain: Grain, calm: boolean): Action {
  const size = drawSize(random, grain);
  const text = random.chance(0.5);
  const fine = grain === 'one' || grain === 'small';
  switch (random.below(30)) {
    case 0:
    case 1:
      return { do: 'ping', size: random.below(100) };
    case 2:
      return random.chance(0.5)
        ? { do: 'pong', size: random.below(100) }
        : { do: 'chatter', every: random.pick([5, 100]) };
    case 3:
      return random.chance(0.5) ? { do: 'pings', count: fine ? 5 : 100 } : { do: 'drained' };
    case 4:
      return random.chance(0.5) ? drawClose(random) : { do: 'drained' };
    case 5:
      return calm || random.chance(0.7) ? { do: 'resume' } : { do: 'abort' };
    case 6:
    case 7:
      return { do: random.chance(0.5) ? 'pause' : 'resume' };
    case 8:
    case 9:
      return { do: 'begin', text };
    case 10:
    case 11:
    case 12:
    case 13:
      return { do: 'continue', size };
    case 14:
    case 15:
      return { do: 'finish' };
    case 16:
    case 17:
      return {
        do: 'stream',
        text,
        pieces: Array.from({ length: random.below(6) }, () => drawSize(random, grain)),
        wait: random.pick([0, 0, 1, 30]),
        fails: random.chance(0.1),
      };
    case 18:
      return { do: random.chance(0.5) ? 'sendPrepared' : 'broadcast', text, size };
    case 19:
      return {
        do: 'burst',
        count: fine ? 5 : 60,
        size: fine ? random.below(10) : random.pick([random.below(300), 3_000]),
      };
    case 20:
    case 21:
      return { do: 'receive', timeout: random.pick([0, 10, 500, Infinity]) };
    case 22:
      return random.chance(0.1)
        ? { do: 'shutDown', grace: calm ? 20_000 : random.pick([0, 50, 5_000]) }
        : { do: 'finish' };
    default:
      return { do: 'send', text, size, transfer: random.chance(0.3), compress: random.chance(0.8) };
  }
}

const drawClose = (random: Random): Action =>
  random.chance(0.7)
    ? { do: 'close', code: random.pick([1000, 1001, 1005, 3000, 4999]), reason: '' }
    : { do: 'close', code: random.pick([1000, 3000]), reason: 'enough' };
