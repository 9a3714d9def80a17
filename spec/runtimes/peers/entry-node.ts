import { connect, serve } from '../../../adapters/node.ts';
import { main } from './entry.ts';

await main({ connect, serve });
