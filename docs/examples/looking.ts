/** To see what connections do: on a page of this machine, or with an observer of your own. */
import {
  connect,
  type Inspectable,
  type InspectOptions,
  type Inspector,
  type Observation,
  type Observer,
  serve,
} from 'sansocket/node';

const inspect: InspectOptions = { port: 9229, print: true };
const option: Inspectable = { inspect };

const server = await serve(option);
const inspector: Inspector | undefined = server.inspector;
console.log('open', inspector?.url);

const observer: Observer = (seen: Observation) => {
  if (seen.type === 'step') console.log(seen.at, seen.from, seen.event, seen.to);
};
const connection = await connect(server.url);
const end = connection.observe(observer);
await connection.close();
end();
