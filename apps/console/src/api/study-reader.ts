import {
  findingsKey,
  isStorableUid,
  keyImageKey,
  keyImagesPrefix,
  type ObjectKey,
  type ObjectStore,
  parseObjectKey,
  quarantinePrefix,
} from '@endplate/store';
import { type StudyReader, type VersionRecord } from '@endplate/studies';
import { z } from 'zod';
import { ObjectMissingError, StudyNotFoundError } from '../errors';
import { type StudyView, type VersionView } from './view.schema';

const quarantineSchema = z.object({ object: z.string(), problems: z.array(z.string()) });
/** Larger than any of our own pictures or findings. */
const MAX_OBJECT_BYTES = 64 * 1024 ** 2;
/** The timeline of one study; a PACS that is away for days makes a long one. */
const MAX_EVENTS = 500;

/** Where a study's view comes from. */
export interface StudyViewPorts {
  readonly store: ObjectStore;
  readonly reader: Pick<StudyReader, 'details'>;
}

/** Reads one study for people. */
export class StudyViews {
  constructor(private readonly ports: StudyViewPorts) {}

  /** @throws CONSOLE_STUDY_NOT_FOUND, what the store throws when it is away */
  async study(studyInstanceUID: string): Promise<StudyView> {
    const details = isStorableUid(studyInstanceUID) ? await this.ports.reader.details(studyInstanceUID) : undefined;
    if (!details) throw new StudyNotFoundError();
    const versions: VersionView[] = [];
    for (const version of [...details.versions].reverse()) versions.push(await this.version(studyInstanceUID, version));
    const { state, instances, series, firstInstanceAt, lastInstanceAt, hasLateInstances, events } = details;
    return {
      studyInstanceUID,
      state,
      instances,
      series,
      ...(firstInstanceAt === undefined ? {} : { firstInstanceAt }),
      ...(lastInstanceAt === undefined ? {} : { lastInstanceAt }),
      hasLateInstances,
      versions,
      events: events.slice(-MAX_EVENTS),
    };
  }

  /** `findings.json` as it lies in the store. @throws CONSOLE_OBJECT_NOT_FOUND, STORE_KEY_INVALID */
  findings(studyInstanceUID: string, version: number): Promise<Buffer> {
    return this.object(findingsKey(studyInstanceUID, version), 'findings');
  }

  /** A key image as PNG. @throws CONSOLE_OBJECT_NOT_FOUND, STORE_KEY_INVALID */
  keyImage(studyInstanceUID: string, version: number, name: string): Promise<Buffer> {
    return this.object(keyImageKey(studyInstanceUID, version, `${name}.png`), 'key image');
  }

  private async object(key: ObjectKey, what: string): Promise<Buffer> {
    try {
      return await this.ports.store.get(key, { maxBytes: MAX_OBJECT_BYTES });
    } catch (error) {
      if ((error as { code?: unknown }).code === 'STORE_NOT_FOUND') throw new ObjectMissingError(what);
      throw error;
    }
  }

  private async version(studyInstanceUID: string, record: VersionRecord): Promise<VersionView> {
    const { version, state, createdAt, priority, instances, evidence, outcome, deliveries } = record;
    const keyImages: string[] = [];
    for await (const name of this.ports.store.children(keyImagesPrefix(studyInstanceUID, version))) {
      if (name.endsWith('.png')) keyImages.push(name.slice(0, -'.png'.length));
    }
    return {
      version,
      state,
      createdAt,
      priority,
      instances,
      evidence: { ...evidence },
      ...(outcome ? { outcome } : {}),
      deliveries: [...deliveries],
      keyImages: keyImages.sort(overviewFirst),
      quarantined: await this.quarantined(studyInstanceUID, version),
    };
  }

  private async quarantined(studyInstanceUID: string, version: number): Promise<VersionView['quarantined']> {
    const prefix = quarantinePrefix(studyInstanceUID, version);
    const found: VersionView['quarantined'] = [];
    for await (const name of this.ports.store.children(prefix)) {
      if (!name.endsWith('.json')) continue;
      const bytes = await this.ports.store.get(parseObjectKey(`${prefix}${name}`), { maxBytes: MAX_OBJECT_BYTES });
      const parsed = quarantineSchema.safeParse(JSON.parse(bytes.toString('utf8')));
      if (parsed.success) found.push(parsed.data);
    }
    return found;
  }
}

function overviewFirst(a: string, b: string): number {
  const rank = (name: string) => (name.includes('overview') ? 0 : 1);
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}
