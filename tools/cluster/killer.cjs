// Runs in a pod that sees the node's processes: kill -9 of the first process of a container, which nothing inside that container may do.
const { readdirSync, readFileSync } = require('node:fs');

const [container] = process.argv.slice(1);
const read = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};
const killed = readdirSync('/proc')
  .filter((pid) => /^\d+$/.test(pid) && read(`/proc/${pid}/cgroup`).includes(container))
  .filter((pid) => /^NSpid:.*\s1$/m.test(read(`/proc/${pid}/status`)));
for (const pid of killed) process.kill(Number(pid), 'SIGKILL');
process.stdout.write(`${killed.length}\n`);
