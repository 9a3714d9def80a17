/** A server's connection over a transport of your own: what it puts out is either something to do or something that happened. */
import {
  type Acceptance,
  type Answer,
  Connection,
  type Event,
  type Fields,
  type Instruction,
  type OpeningRequest,
  type Output,
  type Phase,
  type Role,
  type ServerOptions,
} from 'sansocket';

interface Wire {
  write(bytes: Uint8Array): void;
  end(): void;
  destroy(): void;
  pause(): void;
  resume(): void;
}

const isKnown = (fields: Fields): boolean => fields.get('authorization') !== undefined;

const decide = ({ fields, subprotocols }: OpeningRequest): Acceptance | Answer =>
  isKnown(fields) ? { subprotocol: subprotocols[0] } : { status: 401, body: 'who are you?\n' };

export function serveOn(wire: Wire): Connection {
  let timer: NodeJS.Timeout | undefined;

  const carryOut = (instruction: Instruction): void => {
    if (instruction.type === 'write') for (const chunk of instruction.chunks) wire.write(chunk);
    else if (instruction.type === 'end') wire.end();
    else if (instruction.type === 'abort') wire.destroy();
    else if (instruction.type === 'pause') wire.pause();
    else if (instruction.type === 'resume') wire.resume();
    else {
      clearTimeout(timer);
      const { milliseconds } = instruction;
      timer = milliseconds === undefined ? undefined : setTimeout(() => connection.expire(), milliseconds);
    }
  };

  const happened = (event: Event): void => {
    if (event.type === 'request') {
      const answer = decide(event.request);
      if ('status' in answer) connection.refuse(answer);
      else connection.accept(answer);
    } else if (event.type === 'message') connection.send(event.data);
    else if (event.type === 'closed') console.log('closed with', event.code);
  };

  const output = (output: Output): void => {
    switch (output.type) {
      case 'write':
      case 'end':
      case 'abort':
      case 'pause':
      case 'resume':
      case 'deadline':
        carryOut(output);
        break;
      default:
        happened(output);
    }
  };

  const options: ServerOptions = { role: 'server', output };
  const connection = new Connection(options);
  connection.start(); // then `receive`, `receiveEnd` and `transportClosed` as things happen
  return connection;
}

export const describe = ({ role, phase }: { readonly role: Role; readonly phase: Phase }): string =>
  `${role}, ${phase}`;
