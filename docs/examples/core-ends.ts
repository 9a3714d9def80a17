/** Why a connection ended, told by its last event. */
import { CloseCode, type Closed, mayBeSent, ProtocolError, type Violation } from 'sansocket';

const TOO_MUCH: readonly Violation[] = ['frame-too-big', 'message-too-big', 'too-many-fragments'];

export function explain({ code, error }: Closed): string {
  if (error instanceof ProtocolError) {
    return TOO_MUCH.includes(error.violation) ? 'the peer sent too much' : `${error.clause}: ${error.message}`;
  }
  if (code === CloseCode.abnormal) return 'the transport was lost';
  return mayBeSent(code) ? `the peer closed with ${code}` : 'the peer closed without a code';
}
