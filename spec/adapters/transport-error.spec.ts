import { expect, it } from 'vitest';
import { TransportError } from '../../adapters/transport-error.ts';

/** An error as a runtime gives it. */
const given = (name: string, code: string | undefined, message: string): Error =>
  Object.assign(new Error(message), { name }, code !== undefined && { code });

it.each([
  ['refused', 'Error', 'ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1'],
  ['refused', 'ConnectionRefused', 'ECONNREFUSED', 'Connection refused (os error 111)'],
  ['refused', 'NotFound', 'ENOENT', 'No such file or directory (os error 2)'],
  ['not-found', 'Error', 'ENOTFOUND', 'getaddrinfo ENOTFOUND nowhere.invalid'],
  ['not-found', 'Error', 'EAI_AGAIN', 'getaddrinfo EAI_AGAIN nowhere.invalid'],
  ['not-found', 'Error', undefined, 'failed to lookup address information: Name or service not known'],
  ['unreachable', 'Error', 'EHOSTUNREACH', 'connect EHOSTUNREACH 192.0.2.1:80'],
  ['unreachable', 'Error', 'ETIMEDOUT', 'connect ETIMEDOUT 192.0.2.1:80'],
  ['unreachable', 'TimedOut', undefined, 'Connection timed out (os error 110)'],
  ['lost', 'Error', 'ECONNRESET', 'Client network socket disconnected before secure TLS connection was established'],
  ['lost', 'ConnectionReset', undefined, 'Connection reset by peer (os error 104)'],
  ['lost', 'UnexpectedEof', undefined, 'unexpected end of file'],
  ['wrong-host', 'Error', 'ERR_TLS_CERT_ALTNAME_INVALID', "Hostname/IP does not match certificate's altnames"],
  ['wrong-host', 'InvalidData', undefined, 'invalid peer certificate: certificate not valid for name "localhost"; …'],
  ['untrusted-certificate', 'Error', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate'],
  ['untrusted-certificate', 'Error', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'],
  ['untrusted-certificate', 'Error', 'CERT_HAS_EXPIRED', 'certificate has expired'],
  ['untrusted-certificate', 'InvalidData', undefined, 'invalid peer certificate: UnknownIssuer'],
  ['tls-failed', 'Error', 'ERR_SSL_WRONG_VERSION_NUMBER', 'wrong version number'],
  ['tls-failed', 'Error', 'EPROTO', 'write EPROTO'],
  ['tls-failed', 'InvalidData', undefined, 'received corrupt message of type InvalidContentType'],
  ['unknown', 'Error', undefined, 'proxy request failed, cannot connect to the specified address'],
] as const)('says %s of %s %s, %s', (code, name, theirs, message) => {
  const cause = given(name, theirs, message);
  const begins = code === 'tls-failed' ? 'the TLS handshake failed, as with a server that does not speak TLS: ' : '';
  expect(TransportError.of(cause)).toMatchObject({ name: 'TransportError', code, message: begins + message, cause });
});

it('ends its message where the text does', () => {
  expect(TransportError.of(new Error('of OpenSSL:350:\n')).message).toBe('of OpenSSL:350:');
});

it('says of what is no error that it does not know', () => {
  expect(TransportError.of('gone')).toMatchObject({ code: 'unknown', message: 'gone', cause: 'gone' });
  expect(TransportError.of(undefined)).toMatchObject({ code: 'unknown', message: 'undefined' });
});

it('leaves what is one already as it is', () => {
  const error = new TransportError('lost', 'gone');
  expect(TransportError.of(error)).toBe(error);
});
