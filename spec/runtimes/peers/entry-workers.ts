import { connect } from '../../../adapters/workers.ts';
import { type Attempt, outcomes } from './entry.ts';

export default {
  async fetch(request: { json(): Promise<Attempt[]> }): Promise<unknown> {
    return Response.json(await outcomes(connect, await request.json()));
  },
};
