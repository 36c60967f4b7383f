import { readJsonFile } from '@endplate/platform';
import { aeConfigSchema, type AeDirectory } from '../association/ae-directory';
import { type DicomDoor } from '../dicom-door';
import { type ListenerConfig } from '../listener.config';
import { Reloaded, type ReloadListener } from './reloaded';

/** Reads the AE list and the certificates again: at a change of their files, and at SIGHUP. */
export class DoorReload {
  readonly parts: readonly Reloaded[];
  private readonly hangUp = () => void this.check({ force: true });

  constructor(
    private readonly config: ListenerConfig['dicom'],
    directory: AeDirectory,
    door: DicomDoor,
    notify: ReloadListener,
  ) {
    const { aeConfig, tlsCert, tlsKey, tlsCa } = config;
    const apply = () => {
      const read = readJsonFile(aeConfig?.path ?? '', aeConfigSchema);
      if ('faults' in read) return read.faults;
      directory.replace(read.value);
      return [];
    };
    const list = aeConfig && new Reloaded({ name: 'ae-list', paths: [aeConfig.path], apply }, notify);
    const paths = [tlsCert, tlsKey, tlsCa].filter((path) => path !== undefined);
    const tls =
      paths.length > 0
        ? new Reloaded({ name: 'tls', paths, apply: () => door.reloadTls().then(() => []) }, notify)
        : undefined;
    this.parts = [list, tls].filter((one) => one !== undefined);
  }

  async start(): Promise<void> {
    await Promise.all(this.parts.map((one) => one.start(this.config.reloadMs)));
    process.on('SIGHUP', this.hangUp);
  }

  stop(): void {
    process.off('SIGHUP', this.hangUp);
    this.parts.forEach((one) => one.stop());
  }

  /** Looks at the files now. */
  async check(options: { readonly force?: boolean } = {}): Promise<void> {
    await Promise.all(this.parts.map((one) => one.check(options)));
  }
}
