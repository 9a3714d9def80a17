/** The documented outcomes of a connection, whatever it is fed with. */
import { type Output, ProtocolError } from '../../core/index.ts';

/** The grammar of a connection, seen by the program and by the transport. */
const EVENTS =
  /^(?:request )?(?:open )?(?:(?:message|messageStart|messageChunk|messageEnd|ping|pong) )*(?:error )?(?:refused )?(?:closed )?$/;
const INSTRUCTIONS = /^(?:write )*(?:end )?(?:abort )*$/;

const of = (outputs: readonly Output[], list: readonly string[]): string =>
  outputs
    .map(({ type }) => type)
    .filter((type) => list.includes(type))
    .map((type) => `${type} `)
    .join('');

/** Judges outputs, and names what came of the input. */
export function judgeOutputs(outputs: readonly Output[], most: number): string[] {
  const names: string[] = [];
  const events = of(outputs, [
    'request',
    'open',
    'message',
    'messageStart',
    'messageChunk',
    'messageEnd',
    'ping',
    'pong',
    'error',
    'refused',
    'closed',
  ]);
  if (!EVENTS.test(events)) throw new Error(`events: ${events}`);
  const instructions = of(outputs, ['write', 'end', 'abort']);
  if (!INSTRUCTIONS.test(instructions)) throw new Error(`instructions: ${instructions}`);
  let size = 0;
  for (const output of outputs) {
    if (output.type === 'write') for (const chunk of output.chunks) size += chunk.length;
    else if (output.type === 'message' || output.type === 'messageChunk') size += output.data.length;
    else if (output.type === 'error') {
      const { error } = output;
      if (!(error instanceof ProtocolError) || !/^RFC \d+ §/.test(error.clause))
        throw new Error(`an error without a clause: ${error}`);
      if (error.message.length > 300 || !/^[ -~…]*$/.test(error.message))
        throw new Error(`a message that is not clean: ${error.message}`);
      names.push(error.violation);
    } else if (output.type === 'closed')
      names.push(`closed ${named(output.code)} ${output.clean} ${named(output.sent?.code)}`);
    else names.push(output.type);
  }
  if (size > most) throw new Error(`${size} bytes came of it, and not ${most} at most`);
  return names;
}

const named = (code: number | undefined): string =>
  code === undefined || [1000, 1005, 1006].includes(code) ? `${code}` : 'another';

/** Outputs apart from how they are cut: the bytes written, and each event. */
export function story(outputs: readonly Output[]): string {
  const wire: number[] = [];
  const lines: string[] = [];
  for (const output of outputs) {
    if (output.type === 'write') for (const chunk of output.chunks) wire.push(...chunk);
    else if (output.type === 'error') lines.push(output.error.violation);
    else if (output.type === 'request')
      lines.push(`${output.request.method} ${output.request.target} ${[...output.request.fields].join('|')}`);
    else if (output.type === 'closed') lines.push(`closed ${output.code} ${output.reason} ${output.clean}`);
    else if (output.type !== 'pause' && output.type !== 'resume' && output.type !== 'deadline')
      lines.push(JSON.stringify(output));
  }
  return `${lines.join('\n')}\n${wire.join()}`;
}
