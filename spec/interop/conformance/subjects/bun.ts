import { connect, serve } from '../../../../adapters/bun.ts';
import { main } from '../subject.ts';

await main({ serve, connect }, process.argv.slice(2));
