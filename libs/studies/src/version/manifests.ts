import { instancesPrefix, manifestKey, type ObjectStore, parseInstanceKey, versionsPrefix } from '@endplate/store';
import { encodeRecord, readRecord } from '../record/read-record';
import { type ListedInstance, type Manifest, manifestSchema } from './manifest';

/** What lies in the store of a study at this moment. */
export interface InstanceSet {
  /** Ascending by series, then instance. */
  readonly instances: readonly ListedInstance[];
  /** Store's time of the oldest and the youngest instance; undefined where there is none. */
  readonly firstAt: Date | undefined;
  readonly lastAt: Date | undefined;
  /** The youngest instance that came by itself; of all where none did. */
  readonly lastSentAt: Date | undefined;
}

/** Reads and writes what versions are made of. */
export class Manifests {
  constructor(private readonly store: ObjectStore) {}

  /** Undefined where the version has no manifest. @throws STUDIES_RECORD_INVALID */
  read(studyInstanceUID: string, version: number): Promise<Manifest | undefined> {
    return readRecord(this.store, manifestKey(studyInstanceUID, version), manifestSchema);
  }

  /** Version numbers, ascending. A number counts once it has a folder: the manifest is its first object. */
  async versions(studyInstanceUID: string): Promise<number[]> {
    const versions: number[] = [];
    for await (const name of this.store.children(versionsPrefix(studyInstanceUID))) {
      if (/^[1-9][0-9]{0,8}$/.test(name)) versions.push(Number(name));
    }
    return versions.sort((a, b) => a - b);
  }

  /** The manifest with the highest number. */
  async latest(studyInstanceUID: string): Promise<Manifest | undefined> {
    for (const version of (await this.versions(studyInstanceUID)).reverse()) {
      const manifest = await this.read(studyInstanceUID, version);
      if (manifest) return manifest;
    }
    return undefined;
  }

  /** Writes a manifest that must not exist yet. @throws STORE_EXISTS */
  async create(manifest: Manifest): Promise<void> {
    const key = manifestKey(manifest.studyInstanceUID, manifest.version);
    const body = encodeRecord(manifestSchema.parse(manifest));
    await this.store.put(key, body, { ifAbsent: true, contentType: 'application/json' });
  }

  /**
   * The instances that are stored now.
   * @param fetched - SOP Instance UIDs that we asked for ourselves
   */
  async instances(studyInstanceUID: string, fetched: ReadonlySet<string> = new Set()): Promise<InstanceSet> {
    const instances: ListedInstance[] = [];
    let firstAt: Date | undefined;
    let lastAt: Date | undefined;
    let lastSentAt: Date | undefined;
    for await (const { key, sizeBytes, lastModified } of this.store.list(instancesPrefix(studyInstanceUID))) {
      const address = parseInstanceKey(key);
      if (!address) continue;
      const { seriesInstanceUID, sopInstanceUID } = address;
      instances.push({ seriesInstanceUID, sopInstanceUID, sizeBytes });
      if (!firstAt || lastModified < firstAt) firstAt = lastModified;
      if (!lastAt || lastModified > lastAt) lastAt = lastModified;
      if (!fetched.has(sopInstanceUID) && (!lastSentAt || lastModified > lastSentAt)) lastSentAt = lastModified;
    }
    return { instances: instances.sort(byUid), firstAt, lastAt, lastSentAt: lastSentAt ?? lastAt };
  }
}

function byUid(a: ListedInstance, b: ListedInstance): number {
  return compare(a.seriesInstanceUID, b.seriesInstanceUID) || compare(a.sopInstanceUID, b.sopInstanceUID);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
