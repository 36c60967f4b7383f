import { execFile } from 'node:child_process';

/** A DICOM peer. */
export interface Peer {
  readonly aeTitle: string;
  readonly host: string;
  readonly port: number;
}

/** What a program of DCMTK said. */
export interface ToolRun {
  readonly code: number;
  /** Standard output and standard error. */
  readonly output: string;
}

/** C-STORE of every .dcm file below a folder with DCMTK's storescu, in the transfer syntaxes that the files have. */
export function storescu(folder: string, peer: Peer, callingAETitle = 'STORESCU'): Promise<ToolRun> {
  return tool('storescu', ['-v', '-R', '+sd', '+sp', '*.dcm', '+r', ...words(peer, callingAETitle), folder]);
}

/** C-ECHO with DCMTK's echoscu. */
export function echoscu(peer: Peer, callingAETitle = 'ECHOSCU'): Promise<ToolRun> {
  return tool('echoscu', ['-v', ...words(peer, callingAETitle)]);
}

/** Runs dciodvfy. @returns its lines that begin with Error */
export async function dciodvfy(file: string): Promise<string[]> {
  const { output } = await tool('dciodvfy', [file]);
  return output.split('\n').filter((line) => line.startsWith('Error'));
}

function words({ aeTitle, host, port }: Peer, callingAETitle: string): string[] {
  return ['-aet', callingAETitle, '-aec', aeTitle, host, String(port)];
}

/** Runs a program of DCMTK to its end. */
export function tool(name: string, args: readonly string[]): Promise<ToolRun> {
  return new Promise((resolve, reject) => {
    execFile(name, args, { maxBuffer: 64 << 20, timeout: 120_000 }, (error, stdout, stderr) => {
      const code = (error as { code?: unknown } | null)?.code ?? 0;
      if (typeof code === 'number') resolve({ code, output: `${stdout}\n${stderr}` });
      else reject(new Error(`${name} can't be run. Run: npm run setup`, { cause: error ?? undefined }));
    });
  });
}
