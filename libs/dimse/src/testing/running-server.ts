import { ALL_TRANSFER_SYNTAXES, SopClass, STORAGE_SOP_CLASSES } from '@endplate/dicom';
import type { AddressInfo } from 'node:net';
import type { AcceptancePolicy } from '../association/negotiate';
import type { DimseEvent } from '../service/dimse-event';
import { DimseServer, type ListenOptions } from '../transport/dimse-server';
import { openAssociation, type AssociationOptions } from '../transport/open-association';
import type { ServerOptions } from '../transport/server-options';

/** Verification, every storage SOP class in every transfer syntax, Study Root FIND. */
export const OPEN_POLICY: AcceptancePolicy = {
  kind: 'accept',
  contexts: [
    { abstractSyntax: SopClass.VerificationSOPClass, transferSyntaxes: ALL_TRANSFER_SYNTAXES },
    { abstractSyntax: SopClass.StudyRootFind, transferSyntaxes: ALL_TRANSFER_SYNTAXES },
    ...STORAGE_SOP_CLASSES.map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: ALL_TRANSFER_SYNTAXES })),
  ],
};

type EventOf<K extends DimseEvent['kind']> = Extract<DimseEvent, { kind: K }>;

/** A server on a free port of 127.0.0.1 for specs, which remembers its events and lets specs wait for them. */
export class RunningServer {
  readonly events: DimseEvent[] = [];
  #waiters: (() => void)[] = [];
  #address: AddressInfo | undefined;
  readonly server: DimseServer;

  private constructor(options: Partial<ServerOptions>) {
    const notify = (event: DimseEvent) => {
      this.events.push(event);
      const waiters = this.#waiters;
      this.#waiters = [];
      waiters.forEach((wake) => wake());
    };
    this.server = new DimseServer({ accept: () => OPEN_POLICY, services: {}, notify, ...options });
  }

  /** Starts a server. */
  static async start(options: Partial<ServerOptions> = {}, tls?: ListenOptions['tls']): Promise<RunningServer> {
    const running = new RunningServer(options);
    running.#address = await running.server.listen({ host: '127.0.0.1', port: 0, ...(tls ? { tls } : {}) });
    return running;
  }

  /** The port it listens on. */
  get port(): number {
    return this.#address?.port ?? 0;
  }

  /** The `nth` (from 1) event of a kind, as soon as it has happened. */
  async event<K extends DimseEvent['kind']>(kind: K, nth = 1): Promise<EventOf<K>> {
    for (;;) {
      const found = this.events.filter((e): e is EventOf<K> => e.kind === kind)[nth - 1];
      if (found) return found;
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  /** Opens an association to it. */
  call(contexts: AssociationOptions['contexts'], options: Partial<AssociationOptions> = {}) {
    const { port } = this;
    return openAssociation({ host: '127.0.0.1', port, callingAETitle: 'TESTER', calledAETitle: 'ENDPLATE', contexts, ...options }); // prettier-ignore
  }
}
