/** A program that imports a library, listens, connects to itself, and ends with the first echo. */

const echo: Record<string, () => Promise<unknown>> = {
  async sansocket() {
    const { connect, serve } = await import('../../../adapters/node.ts');
    const server = await serve({ message: (connection, message) => void connection.send(message) });
    const client = await connect(server.url);
    client.send('hello');
    const { value } = await client[Symbol.asyncIterator]().next();
    return value;
  },
  async ws() {
    const { WebSocket, WebSocketServer } = await import('ws');
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket) => socket.on('message', (data) => socket.send(String(data))));
    await new Promise((resolve) => server.on('listening', resolve));
    const address = server.address();
    const client = new WebSocket(`ws://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`);
    client.on('open', () => client.send('hello'));
    return new Promise((resolve) => client.on('message', (data) => resolve(String(data))));
  },
};

const start = performance.now();
const message = await echo[process.argv[2] ?? '']?.();
const time = performance.now() - start;
process.exitCode = message === 'hello' ? 0 : 1;
process.stdout.write(`${time}`, () => process.exit());

export {};
