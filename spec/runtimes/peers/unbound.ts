/** Dialling as a program does that says nothing of its bounds. */
import { type DialBounds, resolveDialDeadlines } from '../../../adapters/tunnels/deadlines.ts';

export const UNBOUND: DialBounds = { deadlines: resolveDialDeadlines(), signal: undefined };
