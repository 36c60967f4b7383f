// Adds up the jest results of the run in .endplate/test-results and prints "N passed, N failed, N skipped".
const fs = require('node:fs');
const folder = '.endplate/test-results';
const files = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
const sum = { passed: 0, failed: 0, skipped: 0 };
for (const file of files) {
  const result = JSON.parse(fs.readFileSync(`${folder}/${file}`, 'utf8'));
  sum.passed += result.numPassedTests;
  sum.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
  sum.skipped += result.numPendingTests;
}
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
