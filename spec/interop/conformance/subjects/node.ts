import { connect, serve } from '../../../../adapters/node.ts';
import { main } from '../subject.ts';

await main({ serve, connect }, process.argv.slice(2));
