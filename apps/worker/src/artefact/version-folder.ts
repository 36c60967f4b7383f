import { encodeKeySlices, type KeySlice } from '@endplate/findings';
import {
  keyImageKey,
  keyImagesPrefix,
  keySlicesKey,
  maskKey,
  messageKey,
  type ObjectKey,
  type ObjectStore,
  quarantineKey,
  quarantinePrefix,
  reportKey,
  reportsPrefix,
} from '@endplate/store';
import { type VersionName } from '../analyse/worker-event';
import { type MaskFile } from './nifti-mask';
import { type RenderedArtefact } from './version-renderer.port';

/** Writes a version's objects. Nothing is written once the signal has fired: another process may have the version. */
export class VersionFolder {
  constructor(
    private readonly store: ObjectStore,
    private readonly name: VersionName,
    private readonly signal: AbortSignal,
  ) {}

  /** Removes what a run left that did not get to the commit point: it may have made other objects than this one. */
  async clear(): Promise<void> {
    const { studyInstanceUID, version } = this.name;
    for (const prefix of [reportsPrefix, keyImagesPrefix, quarantinePrefix]) {
      for await (const { key } of this.store.list(prefix(studyInstanceUID, version))) {
        this.signal.throwIfAborted();
        await this.store.delete(key);
      }
    }
  }

  async putMask(mask: MaskFile): Promise<void> {
    await this.put(maskKey(this.name.studyInstanceUID, this.name.version, mask.name), mask.bytes, mask.contentType);
  }

  /** What the pictures are drawn from, as the program saw it, so that a reader's correction has pictures too. */
  async putKeySlices(slices: readonly KeySlice[]): Promise<void> {
    const { studyInstanceUID, version } = this.name;
    const text = encodeKeySlices({ studyInstanceUID, version, slices });
    await this.put(keySlicesKey(studyInstanceUID, version), Buffer.from(text), 'application/json');
  }

  /** A valid object goes to `reports/`, one with problems to `quarantine/` with its problems beside it. */
  async putRendered(artefact: RenderedArtefact): Promise<void> {
    const { studyInstanceUID, version } = this.name;
    const { name, bytes } = artefact;
    if (artefact.kind === 'png') {
      await this.put(keyImageKey(studyInstanceUID, version, `${name}.png`), bytes, 'image/png');
    } else if (artefact.kind === 'message') {
      await this.put(messageKey(studyInstanceUID, version, name), bytes, artefact.contentType);
    } else if (artefact.problems.length === 0) {
      await this.put(reportKey(studyInstanceUID, version, name), bytes, 'application/dicom');
    } else {
      const why = Buffer.from(`${JSON.stringify({ object: name, problems: artefact.problems })}\n`);
      const key = quarantineKey(studyInstanceUID, version, `${name}.dcm`);
      if (bytes.length > 0) await this.put(key, bytes, 'application/dicom');
      await this.put(quarantineKey(studyInstanceUID, version, `${name}.json`), why, 'application/json');
    }
  }

  private async put(key: ObjectKey, bytes: Buffer, contentType: string): Promise<void> {
    this.signal.throwIfAborted();
    await this.store.put(key, bytes, { contentType });
  }
}
