// Adds up jest's results of this run in .endplate/test-results and prints "N passed, N failed, N skipped".
const fs = require('node:fs');
const folder = '.endplate/test-results';
const files = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
const exitCode = Number(process.argv[2] ?? 0);
const sum = { passed: 0, failed: 0, skipped: 0 };
for (const file of files) {
  const result = JSON.parse(fs.readFileSync(`${folder}/${file}`, 'utf8'));
  sum.passed += result.numPassedTests;
  sum.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
  sum.skipped += result.numPendingTests + result.numTodoTests;
}
if (exitCode !== 0 && sum.failed === 0) {
  console.log('A check before the tests failed (see above); it counts as one.');
  sum.failed = 1;
}
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
