/** A client that comes back when its connection is lost. */
import {
  type Lost,
  type NodeReconnectingOptions,
  type ReconnectingClient,
  type ReconnectingOptions,
  type ReconnectingState,
  reconnecting,
  type UrlSource,
} from 'sansocket/node';

const url: UrlSource = async () => `wss://example.com/?token=${await Promise.resolve('fresh')}`;

const handlers: ReconnectingOptions = {
  open: (attempt) => console.log('open, at attempt', attempt),
  message: (message) => console.log(message),
  state: (state: ReconnectingState) => console.log(state),
  lost: ({ code, error }: Lost, delay) => console.log(code, error, 'again in', delay, 'ms'),
  end: ({ code }) => console.log('over:', code),
};
const options: NodeReconnectingOptions = { ...handlers, attempts: 10, connect: { headers: { 'X-Client': 'a' } } };

export const client: ReconnectingClient = reconnecting(url, options);
client.send('as soon as it is open');
