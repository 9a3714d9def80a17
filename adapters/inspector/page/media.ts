/** What the browser says of the screen and of the person before it. */
import { useEffect, useState } from 'preact/hooks';

const STILL = matchMedia('(prefers-reduced-motion: reduce)');
const ROOMY = matchMedia('(min-width: 1700px)');
const NARROW = matchMedia('(max-width: 760px)');

export const prefersStillness = (): boolean => STILL.matches;

/** Whether a connection has room on one line, as `page.css` has it. */
export const useRoom = (): boolean => useMatch(ROOMY);

/** Whether there is room for one part at a time, as `page.css` has it. */
export const useNarrow = (): boolean => useMatch(NARROW);

function useMatch(query: MediaQueryList): boolean {
  const [matches, setMatches] = useState(query.matches);
  useEffect(() => {
    const look = (): void => setMatches(query.matches);
    query.addEventListener('change', look);
    return () => query.removeEventListener('change', look);
  }, [query]);
  return matches;
}
