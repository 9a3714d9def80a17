/** In workerd: each request has one spec run, the one that its path names. */
import { runSpec, type Specs } from './run.ts';

export const main = (specs: Specs): { fetch(request: { readonly url: string }): Promise<unknown> } => ({
  fetch: async ({ url }) => Response.json(await runSpec(specs, new URL(url).pathname.slice(1))),
});
