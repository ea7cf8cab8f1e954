// The linter is an ES module, which jest cannot require, so it runs as a process of its own: node lint-openapi.mjs FILE
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { readFileSync } from 'node:fs';

const [, , file = ''] = process.argv;
const config = await createConfig({
  extends: ['recommended-strict'],
  rules: {
    // Whoever runs this gives the API to whom they like.
    'info-license': 'off',
    // A health check has nothing that a request could get wrong.
    'operation-4xx-response': 'off',
  },
});
const problems = await lintFromString({ source: readFileSync(file, 'utf8'), absoluteRef: file, config });
process.stdout.write(
  JSON.stringify(problems.map(({ ruleId, message, location }) => `${ruleId} at ${location[0]?.pointer}: ${message}`)),
);
