import { createHash } from 'node:crypto';
import { parseDataSet, readFileMeta, SopClass, Tag } from '@endplate/dicom';
import { type Destination } from '@endplate/platform';
import { type ObjectStore, reportsPrefix } from '@endplate/store';
import { type Alternatives, type SendableObject } from '../destination/destination.port';

/** A report or picture of a version as it lies in the store. */
export interface RenderedObject extends SendableObject {
  readonly kind: Destination['objects'][number];
  readonly bytes: Buffer;
}

/** More than any object that we make. */
const MAX_OBJECT_BYTES = 64 * 1024 ** 2;
const MAX_OBJECTS = 256;

const SR_PROFILE: Readonly<Record<string, Destination['profile'][number]>> = {
  [SopClass.Comprehensive3DSRStorage]: 'comprehensive-3d',
  [SopClass.ComprehensiveSRStorage]: 'comprehensive',
};

const KIND: Readonly<Record<string, RenderedObject['kind']>> = {
  [SopClass.SegmentationStorage]: 'seg',
  [SopClass.EncapsulatedPDFStorage]: 'pdf',
  [SopClass.KeyObjectSelectionDocumentStorage]: 'ko',
};

/**
 * The objects of a version that a destination wants: structured reports in the order of its profiles, as alternatives,
 * then everything else by name.
 * @throws what the store throws when it is away, and DICOM_ codes for an object that is none
 */
export async function renderedObjects(
  store: ObjectStore,
  name: { readonly studyInstanceUID: string; readonly version: number },
  wanted: Pick<Destination, 'profile' | 'objects'>,
): Promise<readonly (readonly RenderedObject[])[]> {
  const all: RenderedObject[] = [];
  for await (const { key } of store.list(reportsPrefix(name.studyInstanceUID, name.version))) {
    if (!key.endsWith('.dcm') || all.length >= MAX_OBJECTS) continue;
    const object = describe(nameOf(key), await store.get(key, { maxBytes: MAX_OBJECT_BYTES }));
    if (wanted.objects.includes(object.kind)) all.push(object);
  }
  const reports = wanted.profile.flatMap((profile) =>
    all.filter(({ kind, sopClassUID }) => kind === 'sr' && SR_PROFILE[sopClassUID] === profile),
  );
  const others = all.filter(({ kind }) => kind !== 'sr').sort((a, b) => (a.name < b.name ? -1 : 1));
  return [...(reports.length > 0 ? [reports] : []), ...others.map((one) => [one])];
}

/** The names alone, for the record. */
export function primaryOf(alternatives: Alternatives): SendableObject {
  const [first] = alternatives;
  if (!first) throw new RangeError('nothing to choose from');
  return first;
}

function describe(name: string, bytes: Buffer): RenderedObject {
  const { meta, dataSetOffset } = readFileMeta(bytes);
  const dataSet = bytes.subarray(dataSetOffset);
  const header = parseDataSet(dataSet, meta.transferSyntaxUID, { untilTag: Tag.PixelData });
  return {
    name,
    kind: meta.sopClassUID in SR_PROFILE ? 'sr' : (KIND[meta.sopClassUID] ?? 'sc'),
    bytes,
    dataSet,
    sopClassUID: meta.sopClassUID,
    sopInstanceUID: meta.sopInstanceUID,
    seriesInstanceUID: header.string(Tag.SeriesInstanceUID) ?? '',
    transferSyntaxUID: meta.transferSyntaxUID,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

/** `sr-comprehensive` of `…/reports/sr-comprehensive.dcm`. */
function nameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1, -'.dcm'.length);
}
