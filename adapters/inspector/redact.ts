/** Takes the secrets out of a head before anything keeps it: a page may be shown, and its export sent around. */

/** What stands in their place. */
const HIDDEN = '•••';

/** In the names of fields and of parameters whose values are secrets, or as good as one. */
const SECRET =
  /auth|cookie|token|secret|passw|session|csrf|xsrf|ticket|credential|signature|api[_-]?key|websocket-key/i;

/** A field, with the lines it may be folded over, and with blanks where there should be none. */
const FIELD = /^([ \t]*([^\s:]+)[ \t]*:[ \t]*)[^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*/gm;
/** A parameter of a query, in the target or in a field such as Referer. */
const PARAMETER = /([?&;]([^=?&;#\s]+)=)[^&;#\s]*/g;
/** User and password of a URL. */
const USER = /(:\/\/)[^/?#\s@]+@/g;

const hide = (whole: string, before: string, name: string): string => (SECRET.test(name) ? before + HIDDEN : whole);

/**
 * A head, or its beginning, without its secrets.
 *
 * @param token - of the inspector itself.
 */
export function redact(head: string, token: string): string {
  return head.replaceAll(token, HIDDEN).replace(FIELD, hide).replace(PARAMETER, hide).replace(USER, `$1${HIDDEN}@`);
}
