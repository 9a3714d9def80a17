/** In a page: a client that comes back, with a fresh token for each attempt and for each message. */
import {
  type BackoffOptions,
  type BrowserOptions,
  type Lost,
  type Message,
  type OutboxOptions,
  type ReconnectingClient,
  type ReconnectingOptions,
  type ReconnectingState,
  reconnecting,
  type UrlSource,
} from 'sansocket/browser';

const token = (): string => 'fresh';
const url: UrlSource = () => `wss://example.com/?csrf=${token()}`;
const backoff: BackoffOptions = { first: 1_000, factor: 2, most: 30_000 };
const queue: OutboxOptions = { messages: 100, drop: 'oldest' };

const handlers: ReconnectingOptions = {
  json: (value) => console.log(value),
  message: (message: Message) => console.log(message.length, 'bytes'),
  state: (state: ReconnectingState) => console.log(state),
  end: ({ code, reason }: Lost) => console.log(code, reason),
};
const options: BrowserOptions = {
  ...handlers,
  backoff,
  queue,
  subprotocols: ['chat'],
  heartbeat: { interval: 30_000, timeout: 5_000, message: () => '{}' },
  token: { property: 'csrf_token', value: token },
};

export const client: ReconnectingClient = reconnecting(url, options);
client.sendJson({ text: 'hello' });
