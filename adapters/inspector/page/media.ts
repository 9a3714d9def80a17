/** What the browser says of the screen and of the person before it. */
import { useEffect, useState } from 'preact/hooks';

const STILL = matchMedia('(prefers-reduced-motion: reduce)');
const ROOMY = matchMedia('(min-width: 1700px)');

export const prefersStillness = (): boolean => STILL.matches;

/** Whether a connection has room on one line, as `page.css` has it. */
export function useRoom(): boolean {
  const [roomy, setRoomy] = useState(ROOMY.matches);
  useEffect(() => {
    const look = (): void => setRoomy(ROOMY.matches);
    ROOMY.addEventListener('change', look);
    return () => ROOMY.removeEventListener('change', look);
  }, []);
  return roomy;
}
