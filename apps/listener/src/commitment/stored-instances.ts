import { instancesPrefix, isStorableUid, type ObjectKey, type ObjectStore, parseInstanceKey, STUDIES_PREFIX } from '@endplate/store'; // prettier-ignore
import { metaOf } from '../receive/stored-digest';

/** Studies that are looked through for one request. */
const MAX_STUDIES = 20_000;
/** Names of studies that are held for it. */
const MAX_NAMES = 200_000;
const MAX_HEAD_BYTES = 1024 ** 2;

/** What was found of the instances that were looked for. */
export interface FoundInstances {
  readonly keys: ReadonlyMap<string, ObjectKey>;
  /** False where there were more studies than may be looked through: what was not found may be there all the same. */
  readonly exhaustive: boolean;
}

/** Finds instances by their SOP Instance UID alone: a request for commitment does not say of which study they are. */
export class StoredInstances {
  /** @param recent - studies that are looked through first, the latest first */
  constructor(
    private readonly store: Pick<ObjectStore, 'list' | 'children' | 'getStream'>,
    private readonly recent: () => readonly string[],
  ) {}

  /** @param sought - SOP Instance UIDs */
  async find(sought: ReadonlySet<string>): Promise<FoundInstances> {
    const keys = new Map<string, ObjectKey>();
    const seen = new Set<string>();
    const look = async (studyInstanceUID: string): Promise<boolean> => {
      if (!seen.has(studyInstanceUID)) {
        seen.add(studyInstanceUID);
        for await (const { key } of this.store.list(instancesPrefix(studyInstanceUID))) {
          const address = parseInstanceKey(key);
          if (address && sought.has(address.sopInstanceUID)) keys.set(address.sopInstanceUID, key);
        }
      }
      return keys.size === sought.size;
    };
    for (const study of this.recent()) if (await look(study)) return { keys, exhaustive: true };
    const { names, complete } = await this.studies([...sought].find((uid) => !keys.has(uid)) ?? '');
    for (const study of names) {
      if (seen.size >= MAX_STUDIES) return { keys, exhaustive: false };
      if (await look(study)) break;
    }
    return { keys, exhaustive: complete };
  }

  /** SOP Class UID in the file meta information of a stored instance. @throws DICOM_PART10_INVALID, STORE_NOT_FOUND */
  async sopClassUID(key: ObjectKey): Promise<string> {
    let head = Buffer.alloc(0);
    for await (const chunk of await this.store.getStream(key)) {
      head = Buffer.concat([head, chunk as Buffer]);
      const meta = metaOf(head, head.length >= MAX_HEAD_BYTES);
      if (meta) return meta.sopClassUID;
    }
    return metaOf(head, true)!.sopClassUID;
  }

  /** Those whose UID begins most like the one that is looked for come first: a maker derives both from one root. */
  private async studies(like: string): Promise<{ names: string[]; complete: boolean }> {
    const names: string[] = [];
    for await (const name of this.store.children(STUDIES_PREFIX)) {
      if (!isStorableUid(name)) continue;
      if (names.length >= MAX_NAMES) return { names: byLikeness(names, like), complete: false };
      names.push(name);
    }
    return { names: byLikeness(names, like), complete: true };
  }
}

function byLikeness(names: readonly string[], like: string): string[] {
  const rated = names.map((name) => ({ name, common: commonLength(name, like) }));
  return rated.sort((a, b) => b.common - a.common).map(({ name }) => name);
}

function commonLength(a: string, b: string): number {
  let n = 0;
  while (n < a.length && a[n] === b[n]) n += 1;
  return n;
}
