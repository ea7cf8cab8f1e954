import { endProcess, Server, stackDirectory } from '@millrace/testkit/servers';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MEMBERS, portsOf, type StackMember } from './members';

type Environment = Readonly<Record<string, string | undefined>>;

/** Brings up what does not run yet. A server that runs is left alone; one that runs on other ports is a complaint. */
export async function up(environment: Environment, say: (line: string) => void, members = MEMBERS): Promise<void> {
  // One mistyped port must not leave the others half started.
  const wanted = members.map((member) => ({ member, ports: portsOf(member, environment) }));
  for (const { member, ports } of wanted) {
    const [port = 0] = ports;
    const running = await runningOn(member);
    if (running !== null && running !== String(port))
      throw new Error(`${member.name} runs on port ${running}, not ${port}; end it first: npm run stack:down`);
    if (running === null) {
      await member.start({ directory: directoryOf(member), outlives: true }, ports);
      await writeFile(portFile(member), String(port));
    }
    say(`✓ ${member.name.padEnd(10)} ${member.url(port)}${running === null ? '' : ' (ran already)'}`);
  }
}

/** Ends what `up` started, and nothing else; data stays. */
export async function down(say: (line: string) => void): Promise<void> {
  for (const member of [...MEMBERS].reverse()) {
    const directory = directoryOf(member);
    const pid = await Server.running(directory);
    if (pid !== null) await endProcess(pid);
    await rm(join(directory, 'pid'), { force: true });
    say(`✓ ${member.name.padEnd(10)} ${pid === null ? 'did not run' : 'ended'}`);
  }
}

async function runningOn(member: StackMember): Promise<string | null> {
  const pid = await Server.running(directoryOf(member));
  return pid === null ? null : readFile(portFile(member), 'utf8').catch(() => 'unknown');
}

const directoryOf = ({ folder }: StackMember): string => join(stackDirectory(), folder);
const portFile = (member: StackMember): string => join(directoryOf(member), 'port');
