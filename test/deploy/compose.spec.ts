import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { parseConsoleConfig } from '../../apps/console/src/console.config';
import { parseListenerConfig } from '../../apps/listener/src/listener.config';
import { parseNotifierConfig } from '../../apps/notifier/src/notifier.config';
import { parseWorkerConfig } from '../../apps/worker/src/worker.config';
import { ROOT } from './manifest';

interface Service {
  readonly image?: string;
  readonly command?: string | string[];
  readonly environment?: Record<string, string>;
  readonly ports?: string[];
  readonly volumes?: string[];
  readonly hostname?: string;
  readonly networks?: string[];
  readonly configs?: { source: string; target: string }[];
  readonly depends_on?: Record<string, { condition: string }>;
  readonly healthcheck?: object;
  readonly read_only?: boolean;
  readonly user?: string;
  readonly cap_drop?: string[];
  readonly security_opt?: string[];
}
interface Compose {
  readonly services: Record<string, Service>;
  readonly networks: Record<string, { internal?: boolean }>;
  readonly volumes: Record<string, object>;
  readonly configs: Record<string, { content: string }>;
}

/** Keys of the Compose Specification that we use, by where they stand; anything else is a slip or a decision to write here. */
const KEYS = {
  top: ['name', 'services', 'networks', 'volumes', 'configs'],
  service: ['image', 'build', 'restart', 'init', 'read_only', 'user', 'cap_drop', 'security_opt', 'tmpfs', 'depends_on', 'command', 'environment', 'healthcheck', 'volumes', 'networks', 'configs', 'ports', 'hostname', 'stop_grace_period', 'deploy'],
  healthcheck: ['test', 'interval', 'timeout', 'retries', 'start_period'],
} as const; // prettier-ignore

const APPS = {
  listener: parseListenerConfig,
  worker: parseWorkerConfig,
  notifier: parseNotifierConfig,
  console: parseConsoleConfig,
} as const;

const text = readFileSync(path.join(ROOT, 'docker-compose.yml'), 'utf8');
const compose = parse(text, { merge: true }) as Compose;
const services = Object.entries(compose.services);

describe('docker-compose.yml is right without Docker', () => {
  it('holds only keys of the Compose Specification', () => {
    const odd = (object: object, known: readonly string[]): string[] =>
      Object.keys(object).filter((key) => !known.includes(key) && !key.startsWith('x-'));
    expect(odd(compose, KEYS.top)).toEqual([]);
    for (const [name, service] of services) {
      expect([name, odd(service, KEYS.service)]).toEqual([name, []]);
      expect([name, odd(service.healthcheck ?? {}, KEYS.healthcheck)]).toEqual([name, []]);
    }
  });

  it('names only networks, volumes, configs and services that it declares', () => {
    for (const [, service] of services) {
      for (const network of service.networks ?? []) expect(Object.keys(compose.networks)).toContain(network);
      for (const volume of service.volumes ?? []) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
      for (const { source } of service.configs ?? []) expect(Object.keys(compose.configs)).toContain(source);
      for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
        expect(condition).toBe('service_healthy');
        expect(compose.services[other]?.healthcheck).toBeDefined();
      }
    }
  });

  it('publishes ports on loopback alone, and keeps Redis and S3 off the outside', () => {
    for (const [name, { ports = [] }] of services)
      for (const port of ports) expect([name, port]).toEqual([name, expect.stringMatching(/^127\.0\.0\.1:\d+:\d+$/)]);
    for (const name of ['redis', 's3']) {
      expect(compose.services[name]).toMatchObject({ networks: ['back'] });
      expect(compose.services[name]?.ports).toBeUndefined();
    }
    expect(compose.networks['back']).toEqual({ internal: true });
  });

  it('has no password of its own: every secret must come from the environment', () => {
    const variables = [...text.matchAll(/\$\{([A-Z0-9_]+)([^}]*)\}/g)];
    expect(variables.length).toBeGreaterThan(0);
    for (const [whole, , rest] of variables) expect([whole, rest?.startsWith(':?')]).toEqual([whole, true]);
    for (const [name, { environment = {} }] of services) {
      for (const [variable, value] of Object.entries(environment)) {
        if (!/PASSWORD|SECRET|ACCESS_KEY|AUTH|USERS/.test(variable)) continue;
        expect([name, variable, value]).toEqual([name, variable, expect.stringContaining('${')]);
      }
    }
  });

  it('runs Redis with its append-only file and without eviction', () => {
    const command = compose.services['redis']?.command as string[];
    expect(command[command.indexOf('--appendonly') + 1]).toBe('yes');
    expect(command[command.indexOf('--maxmemory-policy') + 1]).toBe('noeviction');
  });

  it('has the S3 server fsync before it answers', () => {
    expect(compose.configs['garage']?.content).toMatch(/^metadata_fsync = true$/m);
    expect(compose.configs['garage']?.content).toMatch(/^data_fsync = true$/m);
  });

  it('acknowledges by the spool, on a volume that outlives the container and belongs to who writes it', () => {
    const { environment, volumes, hostname } = compose.services['listener']!;
    const folder = environment!['ENDPLATE_SPOOL_DIR'];
    expect(volumes).toEqual([`spool:${folder}`]);
    expect(environment!['ENDPLATE_ACKNOWLEDGE'] ?? 'auto').not.toBe('store');
    expect(hostname).toBe('listener');
    const made = readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8').match(/install -d -o node -g node (.*)/)![1]!;
    expect(made.split(' ')).toContain(folder);
  });

  it('hears the results of Storage Commitment under the title and at the port that the PACS knows', () => {
    const [destination] = JSON.parse(compose.configs['destinations']!.content) as Record<string, unknown>[];
    const { ENDPLATE_COMMITMENT_PORT: port } = compose.services['notifier']!.environment!;
    const title = String(destination?.['callingAETitle']);
    expect(destination).toMatchObject({ commitment: true });
    expect(JSON.parse(compose.services['pacs']!.environment!['ORTHANC__DICOM_MODALITIES']!)).toMatchObject({
      [title]: [title, 'notifier', Number(port)],
    });
  });

  describe.each(Object.entries(APPS))('%s', (name, parseConfig) => {
    const service = compose.services[name]!;

    it('runs without rights over a read-only image, and is checked by the health check of the image', () => {
      expect(service).toMatchObject({
        command: [`dist/apps/${name}/src/main.js`],
        read_only: true,
        user: '1000:1000',
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    });

    it('gets settings that its own parser takes', () => {
      const folder = mkdtempSync(path.join(os.tmpdir(), 'endplate-compose-'));
      const files = new Map<string, string>();
      for (const { source, target } of service.configs ?? []) {
        const file = path.join(folder, source);
        writeFileSync(file, compose.configs[source]!.content);
        files.set(target, file);
      }
      // As the image sets them; see the Dockerfile.
      const image = { ENDPLATE_HTTP_HOST: '0.0.0.0', ENDPLATE_DICOM_HOST: '0.0.0.0', ENDPLATE_DATA_DIR: '/data' };
      const given = Object.entries(service.environment ?? {}).map(([variable, value]) => {
        const filled = value.replaceAll(/\$\{[^}]*\}/g, 'from-outside');
        return [variable, files.get(filled) ?? filled];
      });
      const config = parseConfig({ ...image, ...Object.fromEntries(given) });
      expect(config.store).toMatchObject({ kind: 's3', endPoint: 's3', port: 3900, bucket: 'endplate' });
      rmSync(folder, { recursive: true });
    });
  });
});

describe('Dockerfile', () => {
  const lines = readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8').split('\n');

  it('builds in stages and ends without root, with a health check', () => {
    expect(lines.filter((line) => line.startsWith('FROM node:20-bookworm-slim'))).toHaveLength(2);
    expect(lines).toContain('USER 1000:1000');
    expect(lines.some((line) => line.startsWith('HEALTHCHECK'))).toBe(true);
    expect(lines.filter((line) => /^ADD |curl .*\| *(ba)?sh/.test(line))).toEqual([]);
  });

  it('copies only what is there', () => {
    const wanted = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(wanted.filter((source) => !existsSync(path.join(ROOT, source)))).toEqual([]);
  });
});
