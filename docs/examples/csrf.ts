/** Tokens at the handshake: `examples/auth/` has the whole of it. */
import { type CsrfOptions, CsrfTokens, type CsrfVerdict } from 'sansocket/csrf';
import { httpError, serve } from 'sansocket/node';

const options: CsrfOptions = { secrets: [crypto.getRandomValues(new Uint8Array(32))], lifetime: 60_000 };
const tokens = new CsrfTokens(options);

/** For the page, once it is known who asks. */
export const tokenFor = (session: string): Promise<string> => tokens.issue(session);

await serve({
  requireOrigin: true,
  async upgrade({ cookies, url }) {
    const verdict: CsrfVerdict = await tokens.verify(url.searchParams.get('csrf'), cookies.get('session') ?? '');
    return verdict === 'valid' ? undefined : httpError(403, `the token is ${verdict}`);
  },
});
