// One configuration for every project: nx calls jest with the project's folder as --rootDir.
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  passWithNoTests: true,
  maxWorkers: '50%',
  transform: {
    '\\.[cm]?[jt]sx?$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'commonjs' },
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      },
    ],
  },
  // Jest on Node 20 cannot require ES modules; these, two below Fastify and a Kafka client, are nothing else.
  transformIgnorePatterns: ['/node_modules/(?!(cookie|content-disposition|@platformatic/(kafka|dynamic-buffer|wasm-utils))/)'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  reporters: ['default', require.resolve('./tools/jest-results.cjs')],
};
