/** As much of Cloudflare's module as is needed: programs on Workers bring its types. */
declare module 'cloudflare:sockets' {
  export function connect(address: { hostname: string; port: number }, options: object): unknown;
}
