import { type UID } from '@endplate/dicom';
import { correctKeySlices, type StudyFindings, studyFindingsSchema } from '@endplate/findings';
import { type KernelResult, type StudyInput } from '@endplate/kernel';
import { type JobPublisher } from '@endplate/queue';
import { findingsKey, instanceKey, type ObjectStore } from '@endplate/store';
import { maskFiles } from '../artefact/nifti-mask';
import { type VersionRenderer } from '../artefact/version-renderer.port';
import { VersionFolder } from '../artefact/version-folder';
import { InstanceMissingError, VersionMissingError } from '../errors';
import { correctedResult, correctionLost } from './corrected-result';
import { type ListedInstance, readHeaders, type VersionHeaders } from './read-headers';
import { type StudyAnalyser } from './study-analyser.port';
import { type VersionManifest, type VersionManifests } from './version-manifest.port';
import { type AnalysisOutcome, type VersionName, type WorkerEvent } from './worker-event';

/** Everything the use case reaches the world through. */
export interface AnalyseVersionPorts {
  readonly store: ObjectStore;
  readonly manifests: VersionManifests;
  readonly analyser: StudyAnalyser;
  readonly renderer: VersionRenderer;
  readonly jobs: Pick<JobPublisher, 'deliver'>;
  /** Names of the destinations that get a delivery job. */
  readonly destinations: readonly string[];
  /** Those of them that also hear of a version that was not analysed. */
  readonly told?: readonly string[];
  readonly notify: (event: WorkerEvent) => void | Promise<void>;
}

/**
 * Analyses one study version and leaves its results as objects: masks, key images, reports, and last of all
 * `findings.json`. That one object is the commit point: while it is missing the version is not analysed and whatever
 * else lies there is overwritten by the next run; once it is there nothing is written any more and a further run only
 * asks for the deliveries again. So the run may be killed at any line and repeated.
 */
export class AnalyseVersion {
  constructor(private readonly ports: AnalyseVersionPorts) {}

  /**
   * @throws WORKER_VERSION_MISSING, WORKER_INSTANCE_MISSING, what the store and the queue throw when they are away,
   * and the signal's reason
   */
  async run(name: VersionName, signal: AbortSignal): Promise<AnalysisOutcome> {
    const present = await this.readFindings(name);
    if (present) return this.finish(name, present, 'present');
    const { studyInstanceUID, version } = name;
    const manifest = await this.ports.manifests.read(studyInstanceUID, version);
    if (!manifest) throw new VersionMissingError(version);
    await this.ports.notify({ ...name, type: 'analysis-started', instances: manifest.instances.length });
    const { reason } = manifest;
    const result =
      reason?.kind === 'correction'
        ? await correctedResult(this.ports.store, name, manifest, reason)
        : await this.measure(name, manifest, signal);
    signal.throwIfAborted();
    await this.writeArtefacts(name, manifest, result, signal);
    const findings = await this.commit(name, result.findings);
    return this.finish(name, findings, findings.outcome.status);
  }

  private async measure(name: VersionName, manifest: VersionManifest, signal: AbortSignal): Promise<KernelResult> {
    const { instances, predecessorVersion } = manifest;
    const read = await readHeaders(this.ports.store, name.studyInstanceUID, instances, signal);
    const result = withRemarks(await this.analyse(name, manifest, read, signal), read, instances.length);
    if (predecessorVersion === undefined) return result;
    const before = await this.ports.manifests.read(name.studyInstanceUID, predecessorVersion);
    if (before?.reason?.kind !== 'correction') return result;
    const remarks = [...result.findings.remarks, correctionLost(predecessorVersion, before.reason)];
    return { ...result, findings: { ...result.findings, remarks } };
  }

  private async analyse(
    name: VersionName,
    manifest: VersionManifest,
    { headers }: VersionHeaders,
    signal: AbortSignal,
  ): Promise<KernelResult> {
    const seriesOf = new Map(manifest.instances.map((one) => [one.sopInstanceUID, one]));
    const predecessorVersion = await this.predecessor(name.studyInstanceUID, manifest.predecessorVersion);
    const input: StudyInput = {
      ...name,
      digest: manifest.digest,
      createdAt: manifest.createdAt,
      ...(predecessorVersion === undefined ? {} : { predecessorVersion }),
      headers,
      readInstance: (sopInstanceUID: UID) => this.readInstance(name, seriesOf.get(sopInstanceUID)),
    };
    return this.ports.analyser.analyse(input, signal, (event) => {
      if (event.type === 'stage') void this.ports.notify({ ...name, type: 'stage', stage: event.stage });
    });
  }

  /** The latest version before this one that was analysed: the one whose report this one's report replaces. */
  private async predecessor(studyInstanceUID: string, from: number | undefined): Promise<number | undefined> {
    for (let version = from; version !== undefined;) {
      const findings = await this.readFindings({ studyInstanceUID, version });
      // No findings yet: it is being analysed, and its report will come.
      if (findings?.outcome.status !== 'not-analysed') return version;
      version = (await this.ports.manifests.read(studyInstanceUID, version))?.predecessorVersion;
    }
    return undefined;
  }

  private async readInstance({ studyInstanceUID }: VersionName, listed: ListedInstance | undefined): Promise<Buffer> {
    if (!listed) throw new InstanceMissingError();
    try {
      return await this.ports.store.get(instanceKey({ studyInstanceUID, ...listed }));
    } catch (cause) {
      if ((cause as { code?: unknown }).code === 'STORE_NOT_FOUND') throw new InstanceMissingError({ cause });
      throw cause;
    }
  }

  private async writeArtefacts(
    name: VersionName,
    manifest: VersionManifest,
    result: KernelResult,
    signal: AbortSignal,
  ): Promise<void> {
    const folder = new VersionFolder(this.ports.store, name, signal);
    await folder.clear();
    for (const mask of maskFiles(result.labelMaps)) await folder.putMask(mask);
    if (result.findings.outcome.status !== 'analysed') return;
    const source = manifest.instances.find(
      ({ sopInstanceUID }) => sopInstanceUID === sourceOf(result.findings)?.sopInstanceUID,
    );
    for await (const one of this.ports.renderer.render(asCorrected(result), await this.readInstance(name, source))) {
      await folder.putRendered(one);
      if (one.kind === 'dicom' && one.problems.length > 0) {
        await this.ports.notify({ ...name, type: 'quarantined', object: one.name, problems: one.problems });
      }
    }
    await folder.putKeySlices(result.keySlices);
  }

  /** The commit point. Who comes second takes what the first one wrote. */
  private async commit(name: VersionName, findings: StudyFindings): Promise<StudyFindings> {
    const key = findingsKey(name.studyInstanceUID, name.version);
    const body = Buffer.from(`${JSON.stringify(studyFindingsSchema.parse(findings))}\n`);
    try {
      await this.ports.store.put(key, body, { ifAbsent: true, contentType: 'application/json' });
      return findings;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'STORE_EXISTS') throw error;
      return (await this.readFindings(name)) ?? findings;
    }
  }

  private async readFindings({ studyInstanceUID, version }: VersionName): Promise<StudyFindings | undefined> {
    try {
      const bytes = await this.ports.store.get(findingsKey(studyInstanceUID, version));
      return studyFindingsSchema.parse(JSON.parse(bytes.toString('utf8')));
    } catch (error) {
      if ((error as { code?: unknown }).code === 'STORE_NOT_FOUND') return undefined;
      throw error;
    }
  }

  private async finish(name: VersionName, findings: StudyFindings, outcome: AnalysisOutcome): Promise<AnalysisOutcome> {
    const analysed = findings.outcome.status === 'analysed';
    const destinations = analysed ? this.ports.destinations : (this.ports.told ?? []);
    for (const destination of destinations) await this.ports.jobs.deliver({ ...name, destination });
    await this.ports.notify({
      ...name,
      type: 'analysis-finished',
      outcome,
      ...(findings.outcome.status === 'not-analysed' ? { reasonCode: findings.outcome.reason.code } : {}),
      discs: findings.discs.length,
      deliveries: destinations.length,
    });
    return outcome;
  }
}

/** The image that patient and study attributes are copied from: the first of the first series in use. */
function sourceOf({ series }: StudyFindings): { sopInstanceUID: string } | undefined {
  return series.find(({ used, instances }) => used && instances.length > 0)?.instances[0];
}

/** The pictures agree with the findings that stand beside them. */
function asCorrected(result: KernelResult): KernelResult {
  const { findings, keySlices } = result;
  return findings.correction ? { ...result, keySlices: correctKeySlices(keySlices, findings) } : result;
}

/** What could not be read stands in the findings: a reader must know that part of the study was not looked at. */
function withRemarks(result: KernelResult, { headers, unreadable }: VersionHeaders, total: number): KernelResult {
  if (unreadable.size === 0) return result;
  const codes = [...unreadable].map(([code, count]) => `${code}: ${count}`).join(', ');
  const text = `${total - headers.length} of ${total} instances can't be read and were left out (${codes}).`;
  const { findings } = result;
  const nothingRead = headers.length === 0;
  return {
    ...result,
    findings: {
      ...findings,
      ...(nothingRead ? { outcome: { status: 'not-analysed', reason: { code: 'PIXEL_DATA_UNREADABLE', text } } } : {}),
      remarks: [...findings.remarks, text],
    },
  };
}
