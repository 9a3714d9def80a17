import { createServer } from 'node:net';
import { Connection } from 'sansocket';

createServer({ allowHalfOpen: true }, (socket) => {
  let timer: NodeJS.Timeout | undefined;
  const connection = new Connection({
    role: 'server',
    output(output) {
      if (output.type === 'request') connection.accept();
      else if (output.type === 'message') connection.send(output.data);
      else if (output.type === 'write') for (const chunk of output.chunks) socket.write(chunk);
      else if (output.type === 'end') socket.end();
      else if (output.type === 'abort') socket.destroy();
      else if (output.type === 'pause') socket.pause();
      else if (output.type === 'resume') socket.resume();
      else if (output.type === 'deadline') {
        clearTimeout(timer);
        timer =
          output.milliseconds === undefined ? undefined : setTimeout(() => connection.expire(), output.milliseconds);
      }
    },
  });
  socket.on('data', (bytes) => connection.receive(bytes));
  socket.on('end', () => connection.receiveEnd());
  socket.on('error', () => socket.destroy());
  socket.on('close', () => connection.transportClosed());
  connection.start();
}).listen(8082, '127.0.0.1');
