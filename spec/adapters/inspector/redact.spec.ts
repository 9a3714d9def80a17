import { expect, it } from 'vitest';
import { redact } from '../../../adapters/inspector/redact.ts';

const hidden = (head: string): string => redact(head, 'the-token');

it.each([
  ['Authorization: Bearer abc', 'Authorization: •••'],
  ['proxy-authorization:Basic abc', 'proxy-authorization:•••'],
  ['Cookie: a=1; b=2', 'Cookie: •••'],
  ['Set-Cookie: a=1; HttpOnly', 'Set-Cookie: •••'],
  ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Key: •••'],
  ['X-Api-Key: k', 'X-Api-Key: •••'],
  ['X-CSRF-Token: t', 'X-CSRF-Token: •••'],
  ['X-Amz-Signature: s', 'X-Amz-Signature: •••'],
  ['Cookie : a=1', 'Cookie : •••'],
  [' Cookie: a=1', ' Cookie: •••'],
  ['Cookie: a=1;\r\n b=2\r\n\tc=3\r\nHost: x', 'Cookie: •••\r\nHost: x'],
  ['Cookie: a=1\nHost: x', 'Cookie: •••\nHost: x'],
  ['GET /?token=abc&b=1 HTTP/1.1', 'GET /?token=•••&b=1 HTTP/1.1'],
  ['GET /?a=1&access_token=abc HTTP/1.1', 'GET /?a=1&access_token=••• HTTP/1.1'],
  ['Referer: https://a.example/x?session=abc#y', 'Referer: https://a.example/x?session=•••#y'],
  ['GET http://me:secret@x/ HTTP/1.1', 'GET http://•••@x/ HTTP/1.1'],
  ['GET /the-token/page.js HTTP/1.1', 'GET /•••/page.js HTTP/1.1'],
])('of %j shows %j', (head, shown) => {
  expect(hidden(head)).toBe(shown);
});

it('shows everything else as it is', () => {
  const head = [
    'GET /chat?room=1 HTTP/1.1',
    'Host: example.com',
    'Origin: https://example.com',
    'Sec-WebSocket-Protocol: chat',
    'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
    'User-Agent: x\r\n\r\n',
  ].join('\r\n');
  expect(hidden(head)).toBe(head);
});
