const { mkdirSync, writeFileSync } = require('node:fs');
const { join, relative } = require('node:path');

const workspace = join(__dirname, '..');

/** Leaves the counts of a project where nx caches them, so that `npm test` can sum what ran now and what ran before. */
module.exports = class JestResults {
  constructor({ rootDir }) {
    this.project = relative(workspace, rootDir);
  }

  onRunComplete(_contexts, results) {
    const skipped = [];
    for (const file of results.testResults) {
      for (const test of file.testResults) if (test.status === 'pending' || test.status === 'todo') skipped.push(test.fullName);
    }
    const folder = join(workspace, 'dist/tests', this.project);
    mkdirSync(folder, { recursive: true });
    const counts = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped,
    };
    writeFileSync(join(folder, 'results.json'), JSON.stringify(counts) + '\n');
  }
};
