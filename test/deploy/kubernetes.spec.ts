import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { KNOWN_SETTINGS } from '@endplate/platform';
import { type IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import { type IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { parse } from 'yaml';
import { parseListenerConfig } from '../../apps/listener/src/listener.config';
import { isInstalled } from '../../apps/cli/src/process/child';
import { type Manifest, parseManifests, readManifests, ROOT, typeFaults } from './manifest';

const BASE = path.join(ROOT, 'k8s/base');
const APPS = ['listener', 'worker', 'notifier', 'console'];
/** What a cluster must bring, because this base holds no secret. */
const FROM_OUTSIDE = ['endplate-secrets'];

type PodSpec = NonNullable<NonNullable<IDeployment['spec']>['template']['spec']>;

describe('k8s/base is right without a cluster', () => {
  const manifests = readManifests(BASE);
  const isWorkload = ({ kind }: Manifest): boolean => kind === 'Deployment' || kind === 'StatefulSet';
  const deployments = manifests.filter(isWorkload);
  const podOf = (manifest: Manifest): PodSpec => (manifest as unknown as IDeployment).spec!.template.spec!;

  it('holds no field that Kubernetes does not know, and none of a wrong type', () => {
    expect(typeFaults(manifests)).toEqual([]);
  });

  it('would say so: a misspelt field, a wrong type', () => {
    const worker = readFileSync(path.join(BASE, 'worker.yaml'), 'utf8');
    const faults = (text: string): string[] => typeFaults(parseManifests(text, 'worker.yaml'));
    expect(faults(worker.replace('readinessProbe', 'readynessProbe')).join()).toContain('readynessProbe');
    expect(faults(worker.replace('replicas: 2', 'replicas: two')).join()).toContain('number');
  });

  it('deploys the four apps, each with a disruption budget', () => {
    expect(deployments.map(({ metadata }) => metadata.name).sort()).toEqual([...APPS].sort());
    const budgets = manifests.filter(({ kind }) => kind === 'PodDisruptionBudget').map(({ metadata }) => metadata.name);
    expect(budgets.sort()).toEqual([...APPS].sort());
  });

  it.each(APPS)('%s runs without rights, with probes, requests and a memory limit', (app) => {
    const pod = podOf(deployments.find(({ metadata }) => metadata.name === app)!);
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    const [container] = pod.containers;
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container?.readinessProbe?.httpGet?.path).toBe('/readyz');
    expect(container?.livenessProbe?.httpGet?.path).toBe('/livez');
    expect(container?.resources).toMatchObject({
      requests: { cpu: expect.anything() },
      limits: { memory: expect.anything() },
    });
    expect(container?.args).toEqual([`dist/apps/${app}/src/main.js`]);
    const ports = container?.ports?.map(({ name }) => name);
    expect(ports).toContain(container?.readinessProbe?.httpGet?.port);
  });

  it('acknowledges by a spool on a volume that outlives the pod, one for each listener', () => {
    const { kind, spec } = manifests.find(({ metadata }) => metadata.name === 'listener')! as unknown as IStatefulSet;
    expect(kind).toBe('StatefulSet');
    const { template, volumeClaimTemplates = [], serviceName, persistentVolumeClaimRetentionPolicy } = spec!;
    const folder = /ENDPLATE_SPOOL_DIR=(\S+)/.exec(readFileSync(path.join(BASE, 'kustomization.yaml'), 'utf8'))![1];
    const [container] = template.spec!.containers;
    const mount = container!.volumeMounts!.find(({ mountPath }) => mountPath === folder)!;
    const claim = volumeClaimTemplates.find(({ metadata }) => metadata!.name === mount.name)!;
    expect(claim.spec!.accessModes).toEqual(['ReadWriteOnce']);
    // Nothing under the name of the claim stands in its way.
    expect(template.spec!.volumes!.map(({ name }) => name)).not.toContain(mount.name);
    expect(persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' });
    const requested = Number(/^([0-9]+)Gi$/.exec(String(claim.spec!.resources!.requests!['storage']))![1]);
    expect(requested * 1024 ** 3).toBeGreaterThan(parseListenerConfig({}).dicom.spoolMaxBytes + 1024 ** 3);
    const headless = manifests.find(({ kind: one, metadata }) => one === 'Service' && metadata.name === serviceName)!;
    expect(headless.spec).toMatchObject({ clusterIP: 'None' });
    expect(template.spec!.securityContext!.fsGroup).toBe(template.spec!.securityContext!.runAsGroup);
  });

  it('takes secrets from outside and nothing else that is not there', () => {
    expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    for (const deployment of deployments) {
      const [container] = podOf(deployment).containers;
      const secrets = container?.envFrom?.flatMap(({ secretRef }) => secretRef?.name ?? []);
      expect(secrets).toEqual(FROM_OUTSIDE);
      expect(container?.env ?? []).toEqual([]);
    }
  });

  it('selects pods that exist, at ports that exist', () => {
    for (const service of manifests.filter(({ kind }) => kind === 'Service')) {
      const { selector, ports } = service.spec as { selector: Record<string, string>; ports: { targetPort: string }[] };
      const target = deployments.find(({ metadata }) => metadata.name === selector['app.kubernetes.io/name']);
      const named = podOf(target!).containers.flatMap(({ ports: open }) => open?.map(({ name }) => name));
      for (const { targetPort } of ports) expect(named).toContain(targetPort);
    }
  });

  it('hears the results of Storage Commitment where a destination asks for it', () => {
    const text = readFileSync(path.join(BASE, 'destinations.json'), 'utf8');
    const asks = (JSON.parse(text) as { commitment?: boolean }[]).some(({ commitment }) => commitment === true);
    const kustomization = readFileSync(path.join(BASE, 'kustomization.yaml'), 'utf8');
    const port = Number(/ENDPLATE_COMMITMENT_PORT=([0-9]+)/.exec(kustomization)?.[1]);
    const notifier = podOf(deployments.find(({ metadata }) => metadata.name === 'notifier')!);
    const named = notifier.containers.flatMap(({ ports = [] }) => ports as { name: string; containerPort?: number }[]);
    expect(asks).toBe(true);
    expect(named).toContainEqual({ name: 'commitment', containerPort: port });
  });

  it('sets only variables that the apps know', () => {
    const kustomization = parse(readFileSync(path.join(BASE, 'kustomization.yaml'), 'utf8')) as {
      configMapGenerator: { literals?: string[] }[];
    };
    const names = kustomization.configMapGenerator
      .flatMap(({ literals }) => literals ?? [])
      .map((l) => l.split('=')[0]!);
    expect(names.filter((name) => !KNOWN_SETTINGS.includes(name))).toEqual([]);
    expect(names).toContain('ENDPLATE_STORE');
  });

  const kustomize = isInstalled('kubectl') ? it : it.skip;
  kustomize('is built by kubectl kustomize, and what is built holds to the same rules', async () => {
    const { stdout } = await promisify(execFile)('kubectl', ['kustomize', BASE], { maxBuffer: 16 << 20 });
    const built = parseManifests(stdout, 'kubectl kustomize');
    expect(typeFaults(built)).toEqual([]);
    const names = new Set(built.filter(({ kind }) => kind === 'ConfigMap').map(({ metadata }) => metadata.name));
    for (const deployment of built.filter(isWorkload)) {
      const pod = podOf(deployment);
      const wanted = pod.containers.flatMap(({ envFrom }) =>
        envFrom?.flatMap(({ configMapRef }) => configMapRef?.name ?? []),
      );
      for (const volume of pod.volumes ?? []) if (volume.configMap) wanted.push(volume.configMap.name);
      for (const name of wanted) expect(names).toContain(name);
      expect(pod.containers[0]?.image).toBe('endplate:0.1.0');
    }
  });
});
