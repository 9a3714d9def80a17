/** The Cookie field of a request (RFC 6265 §4.2, §5.4), read as servers do: to the letter, without decoding. */

/**
 * The cookies in the values of `Cookie` fields, by name.
 *
 * Of two with the same name the first counts: browsers send that of the longest path first (RFC 6265 §5.4), so a cookie that another
 * path or a parent domain planted cannot replace it. What has no `=` is no cookie. Quotes around a value are dropped, nothing is decoded.
 */
export function parseCookies(values: readonly string[]): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>(); // and never an object: the client chooses the names
  for (const value of values) {
    for (const pair of value.split(';')) {
      const at = pair.indexOf('=');
      const name = pair.slice(0, Math.max(at, 0)).trim();
      if (name === '' || cookies.has(name)) continue;
      const text = pair.slice(at + 1).trim();
      cookies.set(name, /^".*"$/.test(text) && text.length > 1 ? text.slice(1, -1) : text);
    }
  }
  return cookies;
}
