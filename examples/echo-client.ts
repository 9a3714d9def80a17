import { connect } from 'sansocket/node';

const connection = await connect(process.argv[2] ?? 'ws://127.0.0.1:8081/');
connection.send('hello');
for await (const message of connection) {
  console.log('received', message);
  break;
}
const { code } = await connection.close(1000, 'done');
console.log('closed', code);
