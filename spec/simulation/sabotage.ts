/** Harm that is done on purpose, to see that a simulation finds it: each is what a fault of the product would do. */
import type { Transport } from '../../adapters/driver.ts';
import type { Sabotage } from './side.ts';

type Write = Transport['write'];

/** Changes what one side writes; behind the opening handshake, as `spoil` says. */
const onServersWrites =
  (
    spoil: (write: Write) => (chunks: readonly Uint8Array[], number: number) => void,
  ): NonNullable<Sabotage['transport']> =>
  (transport, { role }) => {
    const write: Write = (chunks) => transport.write(chunks);
    if (role !== 'server') return { write };
    const spoiled = spoil(write);
    let number = 0;
    return { write: (chunks) => (number++ === 0 ? write(chunks) : spoiled(chunks, number)) };
  };

const startsWith = (chunks: readonly Uint8Array[], first: number): boolean => chunks[0]?.[0] === first;

/** By name: what is done, and what the simulation has to say about it. */
export const SABOTAGES: Readonly<Record<string, { readonly sabotage: Sabotage; readonly found: RegExp }>> = {
  'a frame is lost': {
    sabotage: { transport: onServersWrites((write) => (chunks, number) => number !== 3 && write(chunks)) },
    found: /came|a Ping was lost|closed with|is said to have broken|nothing went wrong|Pongs came/,
  },
  'two frames change places': {
    sabotage: {
      transport: onServersWrites((write) => {
        let held: readonly Uint8Array[] | undefined;
        return (chunks, number) => {
          if (number === 3 && !startsWith(chunks, 0x88)) held = chunks;
          else write(held === undefined ? chunks : [...chunks, ...held]);
          if (number !== 3) held = undefined;
        };
      }),
    },
    found: /not in order|that were not sent so|is said to have broken|came$|nothing went wrong/,
  },
  'a frame is sent twice': {
    sabotage: {
      transport: onServersWrites((write) => (chunks, number) => write(number === 3 ? [...chunks, ...chunks] : chunks)),
    },
    found: /messages came|that were not sent so|is said to have broken/,
  },
  'a Ping is answered twice': {
    sabotage: {
      transport: onServersWrites(
        (write) => (chunks) => write(startsWith(chunks, 0x8a) ? [...chunks, ...chunks] : chunks),
      ),
    },
    found: /Pongs came that were not sent so/,
  },
  'a byte is changed': {
    sabotage: {
      transport: onServersWrites((write) => (chunks, number) => {
        const spoiled = chunks.map((chunk) => chunk.slice());
        const last = spoiled.at(-1);
        if (number === 3 && last !== undefined) last[last.length - 1] = (last.at(-1) ?? 0) ^ 1;
        write(spoiled);
      }),
    },
    found: /not in order|closed with|that were not sent so|is said to have broken/,
  },
  'deadlines are forgotten': {
    sabotage: { host: (host) => ({ ...host, setTimer: () => undefined }) },
    found: /deadline was missed|not noticed|not settled in time/,
  },
  'deadlines are met late': {
    sabotage: {
      host: (host) => ({ ...host, setTimer: (expire, milliseconds) => host.setTimer(expire, milliseconds + 1_000) }),
    },
    found: /deadline was missed|not noticed|not settled in time/,
  },
  'a timer is not taken back': {
    sabotage: { host: (host) => ({ ...host, clearTimer() {} }) },
    found:
      /is said to have broken|deadline|behind closed|rejects with|events in the order|silent peer|UsageError|nothing went wrong/,
  },
};
