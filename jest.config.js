/** One jest for all: `npm run test:unit` runs the specs beside the code, `npm run test:e2e` those under test/ against real servers. */
const shared = {
  testEnvironment: '<rootDir>/jest.environment.js',
  // A global that loops over voxels look up: inside the sandbox each look-up is some 50 times slower without this.
  sandboxInjectedGlobals: ['Math', 'Infinity'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  moduleNameMapper: { '^@endplate/([^/]+)$': '<rootDir>/libs/$1/src' },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.endplate/'],
};
module.exports = {
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs}/**/*.spec.ts'] },
    { ...shared, displayName: 'e2e', testMatch: ['<rootDir>/test/**/*.spec.ts'] },
  ],
  maxWorkers: 2,
  testTimeout: 120_000,
};
