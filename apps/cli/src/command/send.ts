import { readFile } from 'node:fs/promises';
import { readPart10 } from '@endplate/dicom';
import { openAssociation, type ScuAssociation, statusKind } from '@endplate/dimse';
import { Command } from 'commander';
import { CliError } from '../errors';
import { findStudies, type FolderInstance } from '../folder/find-instances';
import { Progress } from '../terminal/progress';

/** Presentation contexts of one association (PS3.8 9.3.2.2: odd ids 1 to 255). */
const MAX_CONTEXTS = 128;

interface Peer {
  readonly aeTitle: string;
  readonly host: string;
  readonly port: number;
}

interface SendOutcome {
  readonly sent: number;
  readonly failed: readonly {
    readonly sopInstanceUID: string;
    readonly status: string;
    readonly errorComment?: string;
  }[];
}

/** `endplate send DIR --to AET@host:port`: C-STORE of every DICOM file below a folder. */
export function sendCommand(): Command {
  return new Command('send')
    .description('Sends every DICOM file below DIR to a peer by C-STORE.')
    .argument('<dir>', 'folder or file')
    .requiredOption('--to <AET@host:port>', 'the peer')
    .option('--from <AET>', 'calling AE title', 'ENDPLATE_SEND')
    .option('--json', 'end with one line of JSON')
    .action(async (dir: string, options: { to: string; from: string; json?: boolean }) => {
      const outcome = await sendFolder(dir, parsePeer(options.to), options.from);
      process.stdout.write(
        options.json ? `${JSON.stringify(outcome)}\n` : `${outcome.sent} instances stored by the peer\n`,
      );
      if (outcome.failed.length > 0) {
        const { sopInstanceUID, status, errorComment } = outcome.failed[0]!;
        throw new CliError(
          'CLI_FAILED',
          `${outcome.failed.length} instances were refused, the first: ${sopInstanceUID} with status ${status}${errorComment ? ` (${errorComment})` : ''}.`,
        );
      }
    });
}

/** `AET@host:port`. @throws {@link CliError} usage */
export function parsePeer(text: string): Peer {
  const match = /^([^@\\]{1,16})@([^:\s]+|\[[0-9a-f:]+\]):([0-9]{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (!match || port < 1 || port > 65_535) {
    throw new CliError('CLI_USAGE', `--to wants AET@host:port, for example ENDPLATE@127.0.0.1:11112.`);
  }
  return { aeTitle: match[1]!, host: match[2]!.replace(/^\[|\]$/g, ''), port };
}

async function sendFolder(dir: string, peer: Peer, callingAETitle: string): Promise<SendOutcome> {
  const { studies } = await findStudies(dir);
  const instances = studies.flatMap((study) => study.instances);
  if (instances.length === 0) throw new CliError('CLI_FAILED', `No DICOM Part 10 file below "${dir}".`);
  const association = await openAssociation({
    host: peer.host,
    port: peer.port,
    callingAETitle,
    calledAETitle: peer.aeTitle,
    contexts: await proposedContexts(instances),
  });
  try {
    return await storeAll(association, instances);
  } finally {
    await association.release();
  }
}

async function proposedContexts(
  instances: readonly FolderInstance[],
): Promise<{ abstractSyntax: string; transferSyntaxes: string[] }[]> {
  const wanted = new Map<string, { abstractSyntax: string; transferSyntaxes: string[] }>();
  for (const { header, transferSyntaxUID } of instances) {
    const { sopClassUID } = header;
    wanted.set(`${sopClassUID} ${transferSyntaxUID}`, {
      abstractSyntax: sopClassUID,
      transferSyntaxes: [transferSyntaxUID],
    });
  }
  if (wanted.size > MAX_CONTEXTS) {
    throw new CliError(
      'CLI_FAILED',
      `More than ${MAX_CONTEXTS} pairs of SOP class and transfer syntax: send the folder in parts.`,
    );
  }
  return [...wanted.values()];
}

async function storeAll(association: ScuAssociation, instances: readonly FolderInstance[]): Promise<SendOutcome> {
  const progress = new Progress();
  const failed: { sopInstanceUID: string; status: string; errorComment?: string }[] = [];
  for (const [n, { file }] of instances.entries()) {
    progress.show(`${n} of ${instances.length} instances`);
    const bytes = await readFile(file);
    const { meta, dataSetOffset } = readPart10(bytes);
    const { sopClassUID, sopInstanceUID, transferSyntaxUID } = meta;
    const answer = await association.store({
      sopClassUID,
      sopInstanceUID,
      transferSyntaxUID,
      dataSet: bytes.subarray(dataSetOffset),
    });
    if (statusKind(answer.status) === 'failure') {
      const status = `0x${answer.status.toString(16).padStart(4, '0').toUpperCase()}`;
      failed.push({ sopInstanceUID, status, ...(answer.errorComment ? { errorComment: answer.errorComment } : {}) });
    }
  }
  progress.clear();
  return { sent: instances.length - failed.length, failed };
}
