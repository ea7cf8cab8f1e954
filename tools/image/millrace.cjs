// The image's entry: its first argument names the program, the others are that program's.
const { existsSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

const programs = join(__dirname, 'dist/apps');
const [name = ''] = process.argv.splice(2, 1);
if (/^[a-z]+$/.test(name) && existsSync(join(programs, name))) require(join(programs, name, 'main.js'));
else {
  process.stderr.write(`There is no program "${name}". Name one of: ${readdirSync(programs).sort().join(', ')}.\n`);
  process.exitCode = 2;
}
