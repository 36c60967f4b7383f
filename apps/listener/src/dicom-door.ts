import { type DimseEvent, DimseServer, type Services } from '@endplate/dimse';
import { type DoorGuard } from './association/door-guard';
import { type ListenerConfig } from './listener.config';
import { type LoadedTls, loadTls } from './tls/tls-options';

/** The DICOM server of this process. */
export class DicomDoor {
  private readonly server: DimseServer;
  private bound: number | undefined;
  private certificateEnd: Date | undefined;

  constructor(
    private readonly config: ListenerConfig['dicom'],
    guard: DoorGuard,
    services: Services,
    notify: (event: DimseEvent) => void,
    private readonly tlsLoaded: (validUntil: Date) => void = () => undefined,
  ) {
    this.server = new DimseServer({
      accept: (request) => guard.decide(request),
      services,
      maxPduLength: config.maxPduBytes,
      maxAssociations: config.maxAssociations,
      maxAssociationsPerAddress: config.maxAssociationsPerAddress || config.maxAssociations,
      artimMs: config.artimMs,
      idleMs: config.idleMs,
      notify: (event) => {
        guard.observe(event);
        notify(event);
      },
    });
  }

  /** The port that was bound; undefined before {@link open}. */
  get port(): number | undefined {
    return this.bound;
  }

  /** When the certificate in use ends; undefined without TLS. */
  get validUntil(): Date | undefined {
    return this.certificateEnd;
  }

  /** Starts to listen; gives the port. */
  async open(): Promise<number> {
    const { host, port } = this.config;
    const tls = await this.loadTls();
    const address = await this.server.listen({ host, port, ...(tls ? { tls: tls.options } : {}) });
    this.bound = address.port;
    return address.port;
  }

  /** Reads the certificates again: for connections to come, open associations go on. @throws where they are no whole */
  async reloadTls(): Promise<void> {
    const tls = await this.loadTls();
    if (tls) this.server.reloadTls(tls.options);
  }

  /** Refuses new associations, ends the open ones when their C-STORE is answered, or after the drain time. */
  async close(): Promise<void> {
    if (this.bound !== undefined) await this.server.close({ drainMs: this.config.drainMs });
  }

  private async loadTls(): Promise<LoadedTls | undefined> {
    const { tlsCert, tlsKey, tlsCa } = this.config;
    if (tlsCert === undefined || tlsKey === undefined) return undefined;
    const loaded = await loadTls({ cert: tlsCert, key: tlsKey, ...(tlsCa === undefined ? {} : { ca: tlsCa }) });
    this.certificateEnd = loaded.validUntil;
    this.tlsLoaded(loaded.validUntil);
    return loaded;
  }
}
