import { createHash } from 'node:crypto';
import { type DataSet, parseDataSet, readFileMeta, SopClass, Tag } from '@endplate/dicom';
import { type WantedObjects } from '@endplate/platform';
import { type ObjectStore, reportsPrefix } from '@endplate/store';
import { type DicomObject, type MessageObject, type SendableObject } from '../destination/destination.port';

type Kind = WantedObjects['objects'][number];
type MessageKind = Extract<Kind, 'fhir' | 'hl7'>;

/** A report, picture or message of a version as it lies in the store. */
export type RenderedObject =
  (DicomObject & { readonly kind: Exclude<Kind, MessageKind> }) | (MessageObject & { readonly kind: MessageKind });

/** More than any object that we make. */
const MAX_OBJECT_BYTES = 64 * 1024 ** 2;
const MAX_OBJECTS = 256;

const SR_PROFILE: Readonly<Record<string, WantedObjects['profile'][number]>> = {
  [SopClass.Comprehensive3DSRStorage]: 'comprehensive-3d',
  [SopClass.ComprehensiveSRStorage]: 'comprehensive',
  [SopClass.EnhancedSRStorage]: 'enhanced',
};

/** Names below `reports/` of what is no DICOM object. */
const MESSAGES: Readonly<Record<string, MessageKind>> = { 'report.fhir.json': 'fhir', 'report.hl7': 'hl7' };

const KIND: Readonly<Record<string, Exclude<Kind, MessageKind>>> = {
  [SopClass.SegmentationStorage]: 'seg',
  [SopClass.EncapsulatedPDFStorage]: 'pdf',
  [SopClass.KeyObjectSelectionDocumentStorage]: 'ko',
  [SopClass.GrayscaleSoftcopyPresentationStateStorage]: 'gsps',
};

/**
 * The objects of a version that a destination wants: the segmentation, the structured reports in the order of its
 * profiles, as alternatives, then everything else by name. Of each profile the report that refers to the segmentation
 * comes before the one that does not, where the destination gets that segmentation.
 * @throws what the store throws when it is away, and DICOM_ codes for an object that is none
 */
export async function renderedObjects(
  store: ObjectStore,
  name: { readonly studyInstanceUID: string; readonly version: number },
  wanted: WantedObjects,
): Promise<readonly (readonly RenderedObject[])[]> {
  const all: RenderedObject[] = [];
  for await (const { key } of store.list(reportsPrefix(name.studyInstanceUID, name.version))) {
    const message = MESSAGES[fileOf(key)];
    if (all.length >= MAX_OBJECTS || (message ? !wanted.objects.includes(message) : !wantsDicom(wanted))) continue;
    if (!message && !key.endsWith('.dcm')) continue;
    const bytes = await store.get(key, { maxBytes: MAX_OBJECT_BYTES });
    const object = message ? describeMessage(fileOf(key), message, bytes) : describe(nameOf(key), bytes);
    if (wanted.objects.includes(object.kind)) all.push(object);
  }
  const going = new Set(all.map((one) => (one.kind === 'seg' ? one.sopInstanceUID : '')));
  const reports = wanted.profile.flatMap((profile) =>
    all
      .filter((one) => one.form === 'dicom' && SR_PROFILE[one.sopClassUID] === profile)
      .filter((one) => requirementsOf(one).every((uid) => going.has(uid)))
      .sort((a, b) => requirementsOf(b).length - requirementsOf(a).length),
  );
  const byName = all.filter(({ kind }) => kind !== 'sr').sort((a, b) => (a.name < b.name ? -1 : 1));
  const segmentations = byName.filter(({ kind }) => kind === 'seg');
  const others = byName.filter(({ kind }) => kind !== 'seg');
  return [
    ...segmentations.map((one) => [one]),
    ...(reports.length > 0 ? [reports] : []),
    ...others.map((one) => [one]),
  ];
}

/** Whether it is a structured report. */
export function isReport(object: SendableObject): boolean {
  return object.form === 'dicom' && object.sopClassUID in SR_PROFILE;
}

function requirementsOf(object: RenderedObject): readonly string[] {
  return object.form === 'dicom' ? (object.requires ?? []) : [];
}

/** Segmentations that a report refers to. */
function segmentationsIn(header: DataSet): string[] {
  return header
    .sequence(Tag.CurrentRequestedProcedureEvidenceSequence)
    .flatMap((study) => study.sequence(Tag.ReferencedSeriesSequence))
    .flatMap((series) => series.sequence(Tag.ReferencedSOPSequence))
    .filter((item) => item.string(Tag.ReferencedSOPClassUID) === SopClass.SegmentationStorage)
    .map((item) => item.string(Tag.ReferencedSOPInstanceUID) ?? '');
}

function wantsDicom({ objects }: WantedObjects): boolean {
  return objects.some((kind) => kind !== 'fhir' && kind !== 'hl7');
}

function describeMessage(name: string, kind: MessageKind, bytes: Buffer): RenderedObject {
  return { form: 'message', name, kind, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function describe(name: string, bytes: Buffer): RenderedObject {
  const { meta, dataSetOffset } = readFileMeta(bytes);
  const dataSet = bytes.subarray(dataSetOffset);
  const header = parseDataSet(dataSet, meta.transferSyntaxUID, { untilTag: Tag.PixelData });
  const kind = meta.sopClassUID in SR_PROFILE ? 'sr' : (KIND[meta.sopClassUID] ?? 'sc');
  const requires = kind === 'sr' ? segmentationsIn(header) : [];
  return {
    form: 'dicom',
    name,
    kind,
    ...(requires.length > 0 ? { requires } : {}),
    bytes,
    dataSet,
    sopClassUID: meta.sopClassUID,
    sopInstanceUID: meta.sopInstanceUID,
    seriesInstanceUID: header.string(Tag.SeriesInstanceUID) ?? '',
    transferSyntaxUID: meta.transferSyntaxUID,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

/** `report.hl7` of `…/reports/report.hl7`. */
function fileOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** `sr-comprehensive` of `…/reports/sr-comprehensive.dcm`. */
function nameOf(key: string): string {
  return fileOf(key).slice(0, -'.dcm'.length);
}
