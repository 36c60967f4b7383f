import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { readFileMeta, Tag, parseDataSet, TransferSyntax } from '@endplate/dicom';
import { ctInstance } from '../../apps/listener/src/testing/instance';
import { ROOT } from '../servers/cli';

/** A file as another program wrote it. */
export interface ForeignFile {
  readonly path: string;
  readonly transferSyntaxUID: string;
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  /** Everything behind the file meta information. */
  readonly dataSet: Buffer;
}

/** Programs of DCMTK that write each transfer syntax, with their words. */
const MADE_BY: readonly (readonly [string, string, ...string[]])[] = [
  [TransferSyntax.ImplicitVRLittleEndian, 'dcmconv', '+ti'],
  [TransferSyntax.ExplicitVRLittleEndian, 'dcmconv', '+te'],
  [TransferSyntax.ExplicitVRBigEndian, 'dcmconv', '+tb'],
  [TransferSyntax.DeflatedExplicitVRLittleEndian, 'dcmconv', '+td'],
  [TransferSyntax.RLELossless, 'dcmcrle'],
  [TransferSyntax.JPEGBaseline8Bit, 'dcmcjpeg', '+eb'],
  [TransferSyntax.JPEGExtended12Bit, 'dcmcjpeg', '+ee'],
  [TransferSyntax.JPEGLossless, 'dcmcjpeg', '+el'],
  [TransferSyntax.JPEGLosslessSV1, 'dcmcjpeg', '+e1'],
  [TransferSyntax.JPEGLSLossless, 'dcmcjpls', '+el'],
  [TransferSyntax.JPEGLSNearLossless, 'dcmcjpls', '+en'],
];

const REAL_JPEG_2000 = path.join(ROOT, '..', 'shared', 'data', 'ct-j2k');

/**
 * One CT instance in each transfer syntax that DCMTK writes, and a real one in JPEG 2000 where the shared data is there.
 * @param study - of the drawn ones
 */
export async function compressedFiles(folder: string, study: string): Promise<ForeignFile[]> {
  const made = MADE_BY.map(async ([syntax, program, ...words]) => {
    const from = path.join(folder, `${syntax}.plain`);
    const to = path.join(folder, `${syntax}.dcm`);
    await writeFile(from, ctInstance(syntax, { study, rows: 64 }).file);
    await promisify(execFile)(program, [...words, from, to]);
    return foreignFile(to);
  });
  const real = existsSync(REAL_JPEG_2000)
    ? readdirSync(REAL_JPEG_2000)
        .slice(0, 2)
        .map(async (name) => {
          await copyFile(path.join(REAL_JPEG_2000, name), path.join(folder, name));
          return foreignFile(path.join(folder, name));
        })
    : [];
  return Promise.all([...made, ...real]);
}

/** Reads what a file says of itself. */
export async function foreignFile(file: string): Promise<ForeignFile> {
  const bytes = await readFile(file);
  const { meta, dataSetOffset } = readFileMeta(bytes);
  const dataSet = bytes.subarray(dataSetOffset);
  const elements = parseDataSet(dataSet, meta.transferSyntaxUID, { untilTag: Tag.PixelData });
  return {
    path: file,
    transferSyntaxUID: meta.transferSyntaxUID,
    sopClassUID: meta.sopClassUID,
    sopInstanceUID: meta.sopInstanceUID,
    studyInstanceUID: elements.string(Tag.StudyInstanceUID) ?? '',
    seriesInstanceUID: elements.string(Tag.SeriesInstanceUID) ?? '',
    dataSet,
  };
}
