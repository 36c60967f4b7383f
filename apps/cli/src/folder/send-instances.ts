import { readFile } from 'node:fs/promises';
import { readFileMeta } from '@endplate/dicom';
import { openAssociation, type ScuAssociation, statusKind } from '@endplate/dimse';
import { CliError } from '../errors';
import { type FolderInstance } from './find-instances';

/** Presentation contexts of one association (PS3.8 9.3.2.2: odd ids 1 to 255). */
const MAX_CONTEXTS = 128;

/** Whom to call. */
export interface Peer {
  readonly aeTitle: string;
  readonly host: string;
  readonly port: number;
}

/** What the peer said to each instance. */
export interface SendOutcome {
  readonly sent: number;
  readonly failed: readonly {
    readonly sopInstanceUID: string;
    /** `0x` and four digits, or the code of a failure that is not a status. */
    readonly status: string;
    readonly errorComment?: string;
  }[];
}

type Failure = SendOutcome['failed'][number];

/** `AET@host:port`. @throws {@link CliError} usage */
export function parsePeer(text: string): Peer {
  const match = /^([^@\\]{1,16})@([^:\s]+|\[[0-9a-f:]+\]):([0-9]{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (!match || port < 1 || port > 65_535) {
    throw new CliError('CLI_USAGE', `--to wants AET@host:port, for example ENDPLATE@127.0.0.1:11112.`);
  }
  return { aeTitle: match[1]!, host: match[2]!.replace(/^\[|\]$/g, ''), port };
}

/**
 * C-STORE of files to a peer, as they are. An instance that the peer refuses is a value of the outcome.
 *
 * @param progress - told before each instance
 * @throws DIMSE_* where no association can be had, or it is lost
 */
export async function sendInstances(
  instances: readonly FolderInstance[],
  peer: Peer,
  callingAETitle: string,
  progress: (done: number, total: number) => void,
): Promise<SendOutcome> {
  const failed: Failure[] = [];
  let done = 0;
  for (const { contexts, members } of associationsFor(instances)) {
    const association = await openAssociation({
      host: peer.host,
      port: peer.port,
      callingAETitle,
      calledAETitle: peer.aeTitle,
      contexts,
    });
    for (const instance of members) {
      progress(done++, instances.length);
      const failure = await storeOne(association, instance);
      if (failure) failed.push(failure);
    }
    await association.release();
  }
  progress(done, instances.length);
  return { sent: instances.length - failed.length, failed };
}

interface PlannedAssociation {
  readonly contexts: { readonly abstractSyntax: string; readonly transferSyntaxes: readonly string[] }[];
  readonly members: FolderInstance[];
}

/** One context per pair of SOP class and transfer syntax, so that nothing is sent in another form than it has. */
function associationsFor(instances: readonly FolderInstance[]): PlannedAssociation[] {
  const byPair = new Map<string, FolderInstance[]>();
  for (const instance of instances) {
    const pair = `${instance.header.sopClassUID} ${instance.transferSyntaxUID}`;
    const members = byPair.get(pair);
    if (members) members.push(instance);
    else byPair.set(pair, [instance]);
  }
  const planned: PlannedAssociation[] = [];
  for (const members of byPair.values()) {
    if ((planned.at(-1)?.contexts.length ?? MAX_CONTEXTS) >= MAX_CONTEXTS) planned.push({ contexts: [], members: [] });
    const { header, transferSyntaxUID } = members[0]!;
    planned.at(-1)!.contexts.push({ abstractSyntax: header.sopClassUID, transferSyntaxes: [transferSyntaxUID] });
    planned.at(-1)!.members.push(...members);
  }
  return planned;
}

async function storeOne(association: ScuAssociation, { file }: FolderInstance): Promise<Failure | undefined> {
  const bytes = await readFile(file);
  const { meta, dataSetOffset } = readFileMeta(bytes);
  const { sopClassUID, sopInstanceUID, transferSyntaxUID } = meta;
  if (!association.contextFor(sopClassUID, transferSyntaxUID)) {
    const errorComment = `the peer refused ${sopClassUID} in ${transferSyntaxUID}`;
    return { sopInstanceUID, status: 'DIMSE_CONTEXT_REFUSED', errorComment };
  }
  const dataSet = bytes.subarray(dataSetOffset);
  const answer = await association.store({ sopClassUID, sopInstanceUID, transferSyntaxUID, dataSet });
  if (statusKind(answer.status) !== 'failure') return undefined;
  const status = `0x${answer.status.toString(16).padStart(4, '0').toUpperCase()}`;
  return { sopInstanceUID, status, ...(answer.errorComment ? { errorComment: answer.errorComment } : {}) };
}
