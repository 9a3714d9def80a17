import { ProtocolError, type Violation } from '../errors.ts';

/** The peer must keep a rule. @throws {ProtocolError} saying what was `expected`, unless `condition` holds. */
export function demand(condition: boolean, violation: Violation, expected: string): asserts condition {
  if (!condition) throw new ProtocolError(violation, `expected ${expected}`);
}
