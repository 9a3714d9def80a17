/** The order in which data frames may come, and their number (RFC 6455 §5.4). */
import { Opcode } from '../codes.ts';
import { ProtocolError } from '../errors.ts';
import { reservedBitsSet } from '../framing/frame-decoder.ts';

export class FragmentOrder {
  /** Opcode of the message under way; 0 between messages. */
  opcode = 0;
  /** Whether the frame under way is the last of its message. */
  fin = false;
  readonly #limit: number;
  #fragments = 0;

  /** @param limit - frames one message may have, empty ones included. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * A data frame begins.
   *
   * @throws {ProtocolError} where it may not come now.
   */
  begin(fin: boolean, opcode: number, reserved: number): void {
    if (reserved !== 0) throw reservedBitsSet(reserved, opcode);
    if (opcode === Opcode.continuation) {
      if (this.opcode === 0) throw new ProtocolError('continuation-unexpected', 'no message was begun');
    } else {
      if (this.opcode !== 0) throw new ProtocolError('continuation-expected', 'the last message is not finished');
      this.opcode = opcode;
    }
    this.fin = fin;
    if (++this.#fragments > this.#limit) {
      throw new ProtocolError('too-many-fragments', `a message has more than ${this.#limit} frames`);
    }
  }

  /** The message is over. */
  end(): void {
    this.opcode = 0;
    this.#fragments = 0;
  }
}
