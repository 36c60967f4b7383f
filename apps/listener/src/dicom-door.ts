import { readFile } from 'node:fs/promises';
import { type TlsOptions } from 'node:tls';
import { type DimseEvent, DimseServer, type StoreHandler } from '@endplate/dimse';
import { type AeDirectory } from './association/ae-directory';
import { associationPolicy } from './association/association-policy';
import { type ListenerConfig } from './listener.config';

/** The DICOM server of this process. */
export class DicomDoor {
  private readonly server: DimseServer;
  private bound: number | undefined;

  constructor(
    private readonly config: ListenerConfig['dicom'],
    directory: AeDirectory,
    store: StoreHandler,
    notify: (event: DimseEvent) => void,
  ) {
    this.server = new DimseServer({
      accept: associationPolicy(config.aeTitle, directory),
      services: { store },
      maxPduLength: config.maxPduBytes,
      maxAssociations: config.maxAssociations,
      artimMs: config.artimMs,
      idleMs: config.idleMs,
      notify,
    });
  }

  /** The port that was bound; undefined before {@link open}. */
  get port(): number | undefined {
    return this.bound;
  }

  /** Starts to listen; gives the port. */
  async open(): Promise<number> {
    const { host, port } = this.config;
    const tls = await tlsOptions(this.config);
    const address = await this.server.listen({ host, port, ...(tls ? { tls } : {}) });
    this.bound = address.port;
    return address.port;
  }

  /** Refuses new associations, ends the open ones when their C-STORE is answered, or after the drain time. */
  async close(): Promise<void> {
    if (this.bound !== undefined) await this.server.close({ drainMs: this.config.drainMs });
  }
}

/** @standard RFC 9325 (BCP 195), @standard PS3.15 B.12 */
async function tlsOptions({ tlsCert, tlsKey, tlsCa }: ListenerConfig['dicom']): Promise<TlsOptions | undefined> {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  const [cert, key] = await Promise.all([readFile(tlsCert), readFile(tlsKey)]);
  const mutual = tlsCa === undefined ? {} : { ca: await readFile(tlsCa), requestCert: true, rejectUnauthorized: true };
  return { cert, key, minVersion: 'TLSv1.2', honorCipherOrder: true, ...mutual };
}
