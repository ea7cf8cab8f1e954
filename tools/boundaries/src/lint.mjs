// Lints texts as if they stood in the given files: [{ file, code }] on standard input, the rules that object on standard output.
// A process of its own because jest cannot load ESLint's configuration, an ES module.
import { ESLint } from 'eslint';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import tseslint from 'typescript-eslint';

const workspace = join(import.meta.dirname, '../../..');
const asConfigured = new ESLint({ cwd: workspace });
// A file that does not exist has no types, and type-aware rules would stumble over it.
const withoutTypes = new ESLint({
  cwd: workspace,
  overrideConfig: [{ files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked }],
});

const answers = [];
for (const { file, code, typed } of JSON.parse(await text(process.stdin))) {
  const eslint = typed ? asConfigured : withoutTypes;
  const [{ messages }] = await eslint.lintText(code, { filePath: join(workspace, file), warnIgnored: true });
  answers.push(
    messages.map(({ ruleId, messageId, message }) =>
      ruleId === null ? message : ruleId.startsWith('@nx/') ? messageId : ruleId,
    ),
  );
}
process.stdout.write(JSON.stringify(answers));
