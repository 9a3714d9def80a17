/** Its own servers and clients; on HTTP servers, those of `node:`. */
export * from '../../../adapters/bun.ts';
export { attach, upgrade } from '../../../adapters/node.ts';
