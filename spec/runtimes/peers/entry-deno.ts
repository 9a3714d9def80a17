import { connect, serve } from '../../../adapters/deno.ts';
import { main } from './entry.ts';

await main({ connect, serve });
