import { expect, test } from 'vitest';
import { demand } from '../../../core/opening/demand.ts';

test('a rule that is kept changes nothing', () => {
  expect(demand(true, 'host-wrong', 'one Host field')).toBeUndefined();
});

test('a rule that is broken is named, with what was expected', () => {
  expect(() => demand(false, 'host-wrong', 'one Host field')).toThrow(
    expect.objectContaining({ name: 'ProtocolError', violation: 'host-wrong', message: 'expected one Host field' }),
  );
});
