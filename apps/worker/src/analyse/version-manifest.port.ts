import { type VersionReason } from '@endplate/studies';
import { type ListedInstance } from './read-headers';

/** What the use case needs to know of a version before it reads an image. */
export interface VersionManifest {
  readonly digest: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly predecessorVersion?: number | undefined;
  /** Absent where the instances are new. */
  readonly reason?: VersionReason | undefined;
  readonly instances: readonly ListedInstance[];
}

/** Reads what a version is made of. */
export interface VersionManifests {
  /** Undefined where the version has no manifest. */
  read(studyInstanceUID: string, version: number): Promise<VersionManifest | undefined>;
}
