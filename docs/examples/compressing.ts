/** Compression, where the other side speaks it, too. */
import { type CompressionOptions, connect, type ExtensionOptions, serve } from 'sansocket/node';

const compression: CompressionOptions = { threshold: 4_096, level: 6, serverNoContextTakeover: true };
const options: ExtensionOptions = { compression };

const server = await serve({ ...options, message: (each, message) => each.send(message, { compress: false }) });
const connection = await connect(server.url, { compression: true });
console.log(connection.extensions);
