/** A Worker that serves WebSocket connections of its requests, over the platform's own WebSocket. */
import {
  type PlatformClosed,
  type PlatformConnection,
  type PlatformHandlers,
  type PlatformRequest,
  type PlatformServerOptions,
  type RequestServer,
  serveFetch,
} from 'sansocket/workers';

const handlers: PlatformHandlers = {
  message: (connection: PlatformConnection, message) => connection.send(message),
  close: (_, { code, clean }: PlatformClosed) => console.log('closed', code, clean),
};
const options: PlatformServerOptions = { ...handlers, path: '/chat', fetch: () => ({ status: 404 }) };
const server: RequestServer = serveFetch(options);

export default {
  fetch: (request: PlatformRequest): Promise<Response> => server.fetch(request),
};
