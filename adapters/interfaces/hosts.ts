/** The hosts a server is known by: where the Host field names another, a page may have bound its own name to our address. */

/**
 * Whether `host`, as the Host field has it, is one of `hosts`, without regard to case. Where the list has no port, any is meant. Nothing else is
 * made equal: not the many spellings of an address, and no dot at the end.
 */
export function isKnownHost(hosts: readonly string[], host: string): boolean {
  const asked = host.toLowerCase();
  const name = asked.replace(/:\d*$/, '');
  return hosts.some((each) => [asked, name].includes(each.toLowerCase()));
}
