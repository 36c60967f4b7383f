#!/usr/bin/env node
// Set-up on a bare machine: npm packages, Debian's tools, build. Plain Node without a dependency, safe to run again; under two
// seconds when nothing is to do. Exit codes: 0 ready, 1 a step failed, 2 the call's words are off.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
/** Debian package: a file or program that proves it is there. */
const NEEDED = {
  'redis-server': 'redis-server',
  dcmtk: 'storescu',
  orthanc: 'Orthanc',
  'orthanc-dicomweb': '/usr/share/orthanc/plugins/libOrthancDicomWeb.so',
  dicom3tools: 'dciodvfy',
};
/** Puts Orthanc, which cannot bind one address, into a network namespace. Of use to root alone. */
const FOR_ROOT = { iproute2: 'ip' };
const PIXELMED = { 'libpixelmed-java': '/usr/share/java/pixelmed.jar', 'default-jre-headless': 'java' };
/** For the console's page in a browser, certificates, and a second opinion on reports: `npm test` alone looks for them. */
const FOR_TESTS = { chromium: 'chromium', openssl: 'openssl', ...PIXELMED };
const POLICY = '/usr/sbin/policy-rc.d';
const WORDS = ['--help', '--pixelmed'];
const isRoot = process.getuid?.() === 0;

main(process.argv.slice(2));

function main(words) {
  const odd = words.find((word) => !WORDS.includes(word));
  if (odd) fail(`"${odd}" is not known. Words: ${WORDS.join(', ')}.`, 2);
  if (words.includes('--help')) {
    process.stdout.write(
      'npm run setup [-- --pixelmed]\nInstalls npm packages and the Debian tools that are missing, and builds. --pixelmed adds the SR validator of PixelMed (Java).\n',
    );
    return;
  }
  checkNode();
  installPackages();
  installDebianTools({
    ...NEEDED,
    ...(isRoot ? FOR_ROOT : {}),
    ...(isRoot && process.env.npm_lifecycle_event === 'test' ? FOR_TESTS : {}),
    ...(words.includes('--pixelmed') ? PIXELMED : {}),
  });
  build();
  mkdirSync(path.join(ROOT, '.endplate/test-results'), { recursive: true });
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major !== 20 || minor < 15)
    fail(`Endplate needs Node 20.15 or a later 20, this is ${process.version}. Install it and run the command again.`);
}

function installPackages() {
  const stamp = path.join(ROOT, 'node_modules/.endplate-lock');
  const lock = path.join(ROOT, 'package-lock.json');
  const digest = createHash('sha256').update(readFileSync(lock)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  // Packages that somebody installed without this script: npm's own record must be newer than the lock file.
  const record = path.join(ROOT, 'node_modules/.package-lock.json');
  const own = !existsSync(stamp) && existsSync(record) && statSync(record).mtimeMs >= statSync(lock).mtimeMs;
  if (!own) {
    say('npm packages (npm ci, a minute or two)');
    // onnxruntime-node carries its CPU library; without this its install script downloads CUDA files.
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { ONNXRUNTIME_NODE_INSTALL: 'skip' });
  }
  writeFileSync(stamp, digest);
}

function installDebianTools(wanted) {
  const missing = Object.keys(wanted).filter((name) => !isThere(wanted[name]));
  if (missing.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (!isThere('apt-get'))
    fail(`Missing: ${missing.join(', ')} (names of Debian packages). Install them, then run the command again.`);
  if (!isRoot) fail(`Debian packages are missing and this is not root. Run: sudo ${command}`);
  say(`Debian packages: ${missing.join(', ')}`);
  withoutServices(() => {
    const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    run('apt-get', ['update', '-qq'], env);
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], env);
  });
  const still = missing.filter((name) => !isThere(wanted[name]));
  if (still.length > 0) fail(`apt-get reported success, but these are still missing: ${still.join(', ')}.`);
}

/** Keeps the distribution from starting its own redis and Orthanc: invoke-rc.d asks policy-rc.d, 101 means "don't". */
function withoutServices(install) {
  const ours = !existsSync(POLICY);
  if (ours) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const remove = () => ours && rmSync(POLICY, { force: true });
  process.once('exit', remove);
  install();
  remove();
}

function build() {
  const stamp = path.join(ROOT, 'dist/.built');
  const main = path.join(ROOT, 'dist/apps/cli/src/main.js');
  if (existsSync(stamp) && existsSync(main) && newestSource() <= statSync(stamp).mtimeMs) return;
  say('build');
  const began = new Date();
  run(process.execPath, ['node_modules/@swc/cli/bin/swc.js', 'apps', 'libs', '-d', 'dist', '-q']);
  writeFileSync(stamp, '');
  // A source that was saved while the build ran is newer than its beginning: it is built again next time.
  utimesSync(stamp, began, began);
}

function newestSource() {
  let newest = Math.max(...['.swcrc', 'package-lock.json'].map((name) => statSync(path.join(ROOT, name)).mtimeMs));
  const folders = ['apps', 'libs'].map((name) => path.join(ROOT, name));
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) folders.push(file);
      else if (/\.(ts|js|mjs)$/.test(entry.name)) newest = Math.max(newest, statSync(file).mtimeMs);
    }
  }
  return newest;
}

/** A file, or a program of the search path; Debian keeps servers in /usr/sbin, which not every user's path holds. */
function isThere(proof) {
  if (proof.startsWith('/')) return existsSync(proof);
  const folders = (process.env.PATH ?? '').split(':').concat('/usr/sbin', '/sbin');
  return folders.some((folder) => existsSync(path.join(folder, proof)));
}

/** Runs a step quietly; what it printed is shown when it fails. */
function run(command, args, env = {}) {
  const options = { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' };
  const { status, error, stdout, stderr } = spawnSync(command, args, { ...options, maxBuffer: 64 << 20 });
  if (status === 0) return;
  const tail = `${stdout ?? ''}${stderr ?? ''}`.trim().split('\n').slice(-30).join('\n');
  if (tail) process.stderr.write(`${tail}\n`);
  fail(`"${path.basename(command)} ${args.join(' ')}" failed (${error?.message ?? `exit code ${status}`}).`);
}

function say(text) {
  process.stderr.write(`set-up: ${text}\n`);
}

function fail(text, code = 1) {
  process.stderr.write(`set-up: ${text}\n`);
  process.exit(code);
}
