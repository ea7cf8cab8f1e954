import { down, up } from './stack';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const commands: Readonly<Record<string, () => Promise<void>>> = { up: () => up(process.env, say), down: () => down(say) };
const command = commands[process.argv[2] ?? 'up'];
const done = command === undefined ? Promise.reject(new Error('npm run stack, or npm run stack:down')) : command();

done.catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
