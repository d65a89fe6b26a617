const typescript = {
  swcrc: false,
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    target: 'es2022',
    transform: {
      legacyDecorator: true,
      decoratorMetadata: true,
      useDefineForClassFields: false,
    },
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  // Most of what the tests do is waiting for sockets and disks: one core less, as Jest leaves, is one too few.
  maxWorkers: '100%',
  // Each file leaves something of its modules behind: of four gigabytes a collection of garbage takes longer than most tests.
  workerIdleMemoryLimit: '1GB',
  // Only what hangs is to fail for its time: machines are slow and shared.
  testTimeout: 60_000,
  testMatch: ['<rootDir>/{src,test,packages/*/{src,test}}/**/*.spec.ts'],
  globalSetup: '<rootDir>/test/setup/global-setup.js',
  globalTeardown: '<rootDir>/test/setup/global-teardown.js',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', typescript] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
};
