/** Through a proxy, with a deadline for each phase. */
import { connect, type DialDeadlines, DialTimeout, type NodeProxyOptions, TunnelError } from 'sansocket/node';

const proxy: NodeProxyOptions = { url: 'http://ann:secret@proxy.example:3128', headers: { 'X-Team': 'chat' } };
const deadlines: DialDeadlines = { connecting: 3_000, tunnel: 3_000 };

try {
  await connect('wss://example.com/chat', { proxy, deadlines });
} catch (error) {
  if (error instanceof TunnelError) console.error('the proxy says', error.status, error.headers);
  else if (error instanceof DialTimeout) console.error('too slow:', error.phase);
  else throw error;
}
