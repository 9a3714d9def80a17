/** In a runtime that runs processes: prints what comes of each spec as soon as it is done, then nothing more. */
import { runSpec, type Specs } from './run.ts';

export async function main(specs: Specs): Promise<never> {
  for (const file of Object.keys(specs)) console.log(JSON.stringify(await runSpec(specs, file)));
  process.exit();
}
