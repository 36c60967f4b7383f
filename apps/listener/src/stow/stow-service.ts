import { isUid } from '@endplate/dicom';
import { InstanceRefusedError, MultipartInvalidError, RequestRefusedError } from '../errors';
import { type Admission, type AeDirectory } from '../association/ae-directory';
import { type SharedQuotas } from '../association/shared-quotas';
import { type InstanceReceiver } from '../receive/instance-receiver';
import { type Pressure } from '../pressure/pressure';
import { boundaryOf, checkAccept } from './media-type';
import { MultipartReader } from './multipart-reader';
import { PartIntake, type PartResult } from './part-intake';
import { type JsonDataSet, storeResponse } from './store-response';

/** One STOW-RS request, free of HTTP. */
export interface StowRequest {
  readonly remoteAddress: string;
  readonly contentType: string | undefined;
  readonly accept: string | undefined;
  /** Of the address, when it names a study. */
  readonly studyInstanceUID: string | undefined;
  readonly body: AsyncIterable<Buffer>;
}

/** Settings of the STOW-RS door. */
export interface StowLimits {
  /** Bytes of one request. */
  readonly maxRequestBytes: number;
}

/** Who may store, how much, and whether there is room. */
export interface StowDoor {
  readonly directory: AeDirectory;
  readonly quotas: Pick<SharedQuotas, 'takeInstance' | 'bytesSent'>;
  readonly pressure: Pick<Pressure, 'refusesInstances'>;
}

/**
 * The Store transaction: every part of a request is received like a C-STORE, one after the other.
 * @standard PS3.18 10.5
 */
export class StowService {
  constructor(
    private readonly receiver: InstanceReceiver,
    private readonly door: StowDoor,
    private readonly limits: StowLimits,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** @throws LISTENER_SOURCE_REFUSED, LISTENER_PRESSURE, LISTENER_MEDIA_UNSUPPORTED, LISTENER_NOT_ACCEPTABLE, LISTENER_MULTIPART_INVALID */
  async store(request: StowRequest): Promise<{ status: number; body: JsonDataSet }> {
    const { directory, pressure } = this.door;
    const admission = directory.admitByAddress(request.remoteAddress);
    if (!admission) {
      throw new RequestRefusedError('LISTENER_SOURCE_REFUSED', 'This address is not allowed to store.');
    }
    if (pressure.refusesInstances) {
      throw new RequestRefusedError('LISTENER_PRESSURE', 'There is no room now; try again later.');
    }
    checkAccept(request.accept);
    const reader = new MultipartReader(boundaryOf(request.contentType));
    const { studyInstanceUID } = request;
    if (studyInstanceUID !== undefined && !isUid(studyInstanceUID)) {
      throw new MultipartInvalidError('the address names no Study Instance UID');
    }
    const results = await this.parts(request, reader, admission);
    if (results.length === 0) throw new MultipartInvalidError('it has no part');
    for (const result of results) if (result.kind === 'refused') this.failed(result.error);
    return storeResponse(results);
  }

  private async parts(request: StowRequest, reader: MultipartReader, admission: Admission): Promise<PartResult[]> {
    const source = { name: 'STOW-RS', ...admission };
    const results: PartResult[] = [];
    let part: PartIntake | undefined;
    let receivedBytes = 0;
    try {
      for await (const chunk of request.body) {
        receivedBytes += chunk.length;
        if (receivedBytes > this.limits.maxRequestBytes) {
          throw new MultipartInvalidError(`more than ${this.limits.maxRequestBytes} bytes`);
        }
        for (const event of reader.push(chunk)) {
          if (event.kind === 'part-begin') {
            part = new PartIntake(this.receiver, source, request.studyInstanceUID, event.headers.get('content-type'));
            const broken = await this.overQuota(admission);
            if (broken !== undefined) part.refuse(new InstanceRefusedError('LISTENER_QUOTA', broken));
          } else if (event.kind === 'part-data') {
            await part?.write(event.bytes);
            this.countBytes(admission, event.bytes.length);
          } else {
            if (part) results.push(await part.end());
            part = undefined;
          }
        }
      }
      reader.end();
    } catch (error) {
      await part?.abort();
      throw error;
    }
    return results;
  }

  private overQuota({ aeTitle, quota }: Admission): Promise<string | undefined> | undefined {
    return aeTitle !== undefined && quota ? this.door.quotas.takeInstance(aeTitle, quota) : undefined;
  }

  private countBytes({ aeTitle, quota }: Admission, bytes: number): void {
    if (aeTitle !== undefined && quota) this.door.quotas.bytesSent(aeTitle, bytes, quota);
  }
}
