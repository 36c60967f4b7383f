/** A peer that Orthanc knows by name. */
export interface Modality {
  readonly aeTitle: string;
  readonly host: string;
  readonly port: number;
}

/** How far a transfer of Orthanc is. */
export interface TransferState {
  readonly state: 'Pending' | 'Running' | 'Success' | 'Failure' | 'Paused' | 'Retry';
  /** 0 to 100. */
  readonly progress: number;
  readonly error: string;
}

/** What a peer says of a commitment. */
export interface CommitmentReport {
  readonly status: 'Pending' | 'Success' | 'Failure';
  readonly committed: readonly string[];
  readonly failed: readonly { readonly uid: string; readonly reason: number }[];
}

const TIMEOUT_MS = 30_000;

/** The few calls of Orthanc's REST API that we need. */
export class OrthancRest {
  constructor(readonly url: string) {}

  /** True when the server answers. */
  async answers(): Promise<boolean> {
    const response = await this.fetch('/system').catch(() => undefined);
    return response?.ok === true;
  }

  /** Tells Orthanc of a peer. */
  async addModality(name: string, modality: Modality): Promise<void> {
    const body = { AET: modality.aeTitle, Host: modality.host, Port: modality.port };
    await this.call(`/modalities/${name}`, { method: 'PUT', body: JSON.stringify(body) });
  }

  /** Orthanc's own ids of the instances of a study, of one modality where it is given. */
  async findInstances(studyInstanceUID: string, modality?: string): Promise<readonly string[]> {
    const query = { StudyInstanceUID: studyInstanceUID, ...(modality ? { Modality: modality } : {}) };
    const series = await this.find<{ Instances: string[] }>('Series', query);
    return series.flatMap(({ Instances }) => Instances);
  }

  /** The Part 10 file of an instance. */
  async file(id: string): Promise<Buffer> {
    const response = await this.call(`/instances/${id}/file`);
    return Buffer.from(await response.arrayBuffer());
  }

  /** Gives Orthanc a file. @returns Orthanc's own id of the instance */
  async upload(file: Buffer): Promise<string> {
    const response = await this.call('/instances', { method: 'POST', body: new Uint8Array(file) });
    return ((await response.json()) as { ID: string }).ID;
  }

  /** C-STORE of instances to a peer, on one association; resolves when all are sent. */
  async store(ids: readonly string[], modality: string): Promise<void> {
    const body = JSON.stringify({ Resources: ids, Synchronous: true });
    await this.call(`/modalities/${modality}/store`, { method: 'POST', body });
  }

  /** C-STORE of a study to a peer, in the background. @returns id for {@link transfer} */
  async sendStudy(studyInstanceUID: string, modality: string): Promise<string> {
    const studies = await this.find<{ ID: string }>('Study', { StudyInstanceUID: studyInstanceUID });
    const body = JSON.stringify({ Resources: studies.map(({ ID }) => ID), Synchronous: false });
    const response = await this.call(`/modalities/${modality}/store`, { method: 'POST', body });
    return ((await response.json()) as { ID: string }).ID;
  }

  /** State of a transfer begun by {@link sendStudy}. */
  async transfer(id: string): Promise<TransferState> {
    const response = await this.call(`/jobs/${id}`);
    const job = (await response.json()) as {
      State: TransferState['state'];
      Progress: number;
      ErrorDescription?: string;
      ErrorDetails?: string;
    };
    return {
      state: job.State,
      progress: job.Progress,
      error: [job.ErrorDescription, job.ErrorDetails].filter(Boolean).join(': '),
    };
  }

  /** Asks a peer for commitment of everything of a study that Orthanc has. @returns id for {@link commitment} */
  async askCommitment(studyInstanceUID: string, modality: string): Promise<string> {
    const studies = await this.find<{ ID: string }>('Study', { StudyInstanceUID: studyInstanceUID });
    const body = JSON.stringify({ Resources: studies.map(({ ID }) => ID) });
    const response = await this.call(`/modalities/${modality}/storage-commitment`, { method: 'POST', body });
    return ((await response.json()) as { ID: string }).ID;
  }

  /** What the peer has answered to {@link askCommitment} so far. */
  async commitment(id: string): Promise<CommitmentReport> {
    const response = await this.call(`/storage-commitment/${id}`);
    const report = (await response.json()) as {
      Status: CommitmentReport['status'];
      Success?: { SOPInstanceUID: string }[];
      Failures?: { SOPInstanceUID: string; FailureReason: number }[];
    };
    return {
      status: report.Status,
      committed: (report.Success ?? []).map((one) => one.SOPInstanceUID),
      failed: (report.Failures ?? []).map((one) => ({ uid: one.SOPInstanceUID, reason: one.FailureReason })),
    };
  }

  private async find<T>(level: string, query: Record<string, string>): Promise<T[]> {
    const body = JSON.stringify({ Level: level, Query: query, Expand: true });
    const response = await this.call('/tools/find', { method: 'POST', body });
    return (await response.json()) as T[];
  }

  private async call(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await this.fetch(path, init);
    if (!response.ok) throw new Error(`Orthanc answered ${response.status} to ${init.method ?? 'GET'} ${path}.`);
    return response;
  }

  private fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  }
}
