#!/usr/bin/env node
// Set-up on a bare machine: packages, Debian tools, build. Plain Node, safe to run again; says nothing is to do in under two seconds.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
/** Debian package: a program that proves it is there. */
const DEBIAN = { 'redis-server': 'redis-server', dcmtk: 'storescu', orthanc: 'Orthanc', dicom3tools: 'dciodvfy' };

main();

function main() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major !== 20)
    fail(`Endplate needs Node 20, this is ${process.version}. Install Node 20 and run the command again.`);
  installPackages();
  installDebianTools();
  build();
}

function installPackages() {
  const marker = path.join(ROOT, 'node_modules/.package-lock.json');
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(path.join(ROOT, 'package-lock.json')).mtimeMs) return;
  if (existsSync(marker) && existsSync(path.join(ROOT, 'node_modules/.endplate-lock')) && sameLock()) return;
  say('npm ci (about a minute)');
  // onnxruntime-node carries its CPU library; without this its install script downloads CUDA files.
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { ONNXRUNTIME_NODE_INSTALL: 'skip' });
  writeFileSync(path.join(ROOT, 'node_modules/.endplate-lock'), lockStamp());
}

function lockStamp() {
  const { size, mtimeMs } = statSync(path.join(ROOT, 'package-lock.json'));
  return `${size} ${mtimeMs}\n`;
}

function sameLock() {
  return (
    spawnSync('cat', [path.join(ROOT, 'node_modules/.endplate-lock')], { encoding: 'utf8' }).stdout === lockStamp()
  );
}

function installDebianTools() {
  const missing = Object.keys(DEBIAN).filter((name) => !onPath(DEBIAN[name]));
  if (missing.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (!onPath('apt-get'))
    fail(
      `Missing: ${missing.join(', ')}. Install them with your system's package manager, then run the command again.`,
    );
  if (process.getuid?.() !== 0) fail(`Missing Debian packages. Run: sudo ${command}`);
  say(`Debian packages: ${missing.join(', ')}`);
  // RUNLEVEL=1 keeps the distribution from starting its own redis and Orthanc.
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  run('apt-get', ['update', '-qq'], env);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], env);
}

function build() {
  const stamp = path.join(ROOT, 'dist/.built');
  if (existsSync(stamp) && newestSource() <= statSync(stamp).mtimeMs) return;
  say('build');
  run('npm', ['run', '--silent', 'build']);
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, '');
}

function newestSource() {
  let newest = statSync(path.join(ROOT, '.swcrc')).mtimeMs;
  const folders = ['apps', 'libs'].map((name) => path.join(ROOT, name));
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) folders.push(file);
      else newest = Math.max(newest, statSync(file).mtimeMs);
    }
  }
  return newest;
}

function onPath(program) {
  return (process.env.PATH ?? '')
    .split(':')
    .concat('/usr/sbin')
    .some((folder) => existsSync(path.join(folder, program)));
}

function run(command, args, env = {}) {
  const result = spawnSync(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (result.status !== 0)
    fail(
      `"${command} ${args.join(' ')}" failed (exit ${result.status ?? result.error?.message}). See the lines above.`,
    );
}

function say(text) {
  process.stderr.write(`set-up: ${text}\n`);
}

function fail(text) {
  process.stderr.write(`set-up: ${text}\n`);
  process.exit(1);
}
