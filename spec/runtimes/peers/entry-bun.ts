import { connect, serve } from '../../../adapters/bun.ts';
import { main } from './entry.ts';

await main({ connect, serve });
