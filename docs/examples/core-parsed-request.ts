/** A request that an HTTP server has parsed already, with each field line by itself. */
import type { IncomingMessage } from 'node:http';
import type { Connection, ParsedRequest } from 'sansocket';

export function hand(request: IncomingMessage, head: Uint8Array, connection: Connection): void {
  const { method = 'GET', url: target = '/', httpVersion: version, rawHeaders } = request;
  const fields = rawHeaders.flatMap((name, i): [string, string][] => (i % 2 ? [] : [[name, rawHeaders[i + 1] ?? '']]));
  const parsed: ParsedRequest = { method, target, version, fields };
  connection.receiveRequest(parsed);
  connection.receive(head); // frames may have come with it
}
