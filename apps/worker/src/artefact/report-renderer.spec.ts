import { deriveUid, encodePart10, SopClass } from '@endplate/dicom';
import { type StudyInput } from '@endplate/kernel';
import { loadFonts } from '@endplate/platform';
import { checkSegmentation } from '@endplate/reporting';
import { knownResult } from '../fixture/known-result';
import { reportRenderer } from './report-renderer';

const SERIES = deriveUid('renderer-spec', 'series');
const headers = [1, 2, 3, 4].map((n) => ({
  sopClassUID: SopClass.CTImageStorage,
  sopInstanceUID: deriveUid('renderer-spec', String(n)),
  seriesInstanceUID: SERIES,
})) as unknown as StudyInput['headers'];

const source = encodePart10({
  SOPClassUID: SopClass.CTImageStorage,
  SOPInstanceUID: deriveUid('renderer-spec', '1'),
  PatientName: 'Doe^Jane',
  PatientID: '4711',
});

/** A result whose label map others can use: it has a frame of reference and its images. */
function result() {
  const known = knownResult({
    studyInstanceUID: deriveUid('renderer-spec', 'study'),
    version: 1,
    digest: 'd',
    createdAt: '2026-11-23T10:00:00.000Z',
    headers,
    readInstance: () => Promise.reject(new Error('not read')),
  });
  const images = headers.map(({ sopClassUID, sopInstanceUID }) => ({ sopClassUID, sopInstanceUID }));
  const frameOfReferenceUID = deriveUid('renderer-spec', 'frame');
  return { ...known, labelMaps: known.labelMaps.map((map) => ({ ...map, images, frameOfReferenceUID })) };
}

async function names(kinds: readonly ('seg' | 'pdf' | 'ko')[]): Promise<string[]> {
  const renderer = reportRenderer({ profiles: ['comprehensive-3d'], kinds, fonts: await loadFonts() });
  const all = [];
  for await (const one of renderer.render(result(), source)) all.push(one);
  for (const one of all) {
    if (one.kind === 'dicom') expect(one.problems).toEqual([]);
    if (one.name === 'seg-structures') expect(checkSegmentation(one.bytes)).toEqual([]);
  }
  return all.filter(({ kind }) => kind === 'dicom').map(({ name }) => name);
}

describe('the objects of a version', () => {
  it('are the report and the key images where no destination asks for more', async () => {
    expect(await names([])).toEqual(['sr-comprehensive-3d', 'sc-01-overview']);
  });

  it('are those too that a destination asks for', async () => {
    expect(await names(['seg', 'pdf', 'ko'])).toEqual([
      'sr-comprehensive-3d', 'sr-comprehensive-3d-segments', 'sc-01-overview', 'seg-structures', 'pdf-report', 'ko-findings',
    ]); // prettier-ignore
  });
});
