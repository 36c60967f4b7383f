// Reads reports and segmentations as a viewer on Cornerstone does, in a process of its own because the adapters are ES modules
// of a browser: node test/builders/viewer-round-trip.mjs FOLDER…
// A folder holds sr-*.dcm, seg-structures.dcm and images.json. Prints one line of JSON.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const { adaptersSEG, adaptersSR } = await import('@cornerstonejs/adapters');
const { metaData } = await import('@cornerstonejs/core');
const { data } = createRequire(import.meta.url)('dcmjs');

const images = new Map();
metaData.addProvider((type, imageId) => provide(type, imageId), 10_000);
const results = [];
for (const folder of process.argv.slice(2)) results.push(await readFolder(folder));
// The adapters keep timers of a browser alive; a pipe takes its time.
process.stdout.write(`${JSON.stringify(results)}\n`, () => process.exit(0));

async function readFolder(folder) {
  images.clear();
  for (const image of JSON.parse(readFileSync(path.join(folder, 'images.json'), 'utf8'))) {
    images.set(`image:${image.sopInstanceUID}`, image);
  }
  const result = { folder, reports: {} };
  for (const file of readdirSync(folder).filter((name) => name.startsWith('sr-'))) {
    result.reports[file] = readReport(path.join(folder, file));
  }
  const segmentation = path.join(folder, 'seg-structures.dcm');
  if (existsSync(segmentation)) result.segmentation = await readSegmentation(segmentation);
  return result;
}

function readReport(file) {
  const dataset = data.DicomMetaDictionary.naturalizeDataset(data.DicomMessage.readFile(bytesOf(file)).dict);
  const map = Object.fromEntries([...images].map(([imageId, { sopInstanceUID }]) => [`${sopInstanceUID}:1`, imageId]));
  const state = adaptersSR.Cornerstone3D.MeasurementReport.generateToolState(dataset, map, metaData);
  return Object.entries(state).flatMap(([tool, measurements]) =>
    measurements.map((measurement) => ({
      tool,
      trackingUID: measurement.TrackingUniqueIdentifier,
      image: measurement.sopInstanceUid,
      points: measurement.annotation?.data?.contour?.polyline?.length ?? 0,
      closed: measurement.annotation?.data?.contour?.closed ?? false,
      area: Object.values(measurement.annotation?.data?.cachedStats ?? {})[0]?.area,
      finding: measurement.finding?.CodeMeaning,
      sites: (measurement.findingSites ?? []).map(({ CodeMeaning }) => CodeMeaning),
    })),
  );
}

async function readSegmentation(file) {
  const first = images.keys().next().value;
  const series = seriesOf(file) ?? images.get(first).seriesInstanceUID;
  const ids = [...images].filter(([, image]) => image.seriesInstanceUID === series).map(([imageId]) => imageId);
  const read = await adaptersSEG.Cornerstone3D.Segmentation.createFromDICOMSegBuffer(ids, bytesOf(file), {
    metadataProvider: metaData,
    tolerance: 1e-3,
  });
  const labels = (read.segMetadata?.data ?? []).filter(Boolean).map(({ SegmentLabel }) => SegmentLabel);
  const voxels = (read.labelMapImages ?? []).flat().map((image) => {
    const values = image.voxelManager?.getScalarData?.() ?? image.getPixelData?.() ?? [];
    return values.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0);
  });
  return { labels, voxels: voxels.reduce((a, b) => a + b, 0) };
}

function seriesOf(file) {
  const dataset = data.DicomMetaDictionary.naturalizeDataset(data.DicomMessage.readFile(bytesOf(file)).dict);
  return [dataset.ReferencedSeriesSequence].flat()[0]?.SeriesInstanceUID;
}

function bytesOf(file) {
  const bytes = readFileSync(file);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
}

/** The modules that the adapters ask for. */
function provide(type, imageId) {
  const image = images.get(imageId);
  if (!image) return undefined;
  const [rowPixelSpacing, columnPixelSpacing] = image.pixelSpacing;
  const cosines = image.imageOrientationPatient;
  switch (type) {
    case 'imagePlaneModule':
      return {
        frameOfReferenceUID: image.frameOfReferenceUID,
        rows: image.rows,
        columns: image.columns,
        imageOrientationPatient: cosines,
        rowCosines: cosines.slice(0, 3),
        columnCosines: cosines.slice(3),
        imagePositionPatient: image.imagePositionPatient,
        rowPixelSpacing,
        columnPixelSpacing,
        pixelSpacing: image.pixelSpacing,
      };
    case 'generalImageModule':
    case 'sopCommonModule':
      return { sopClassUID: image.sopClassUID, sopInstanceUID: image.sopInstanceUID };
    case 'generalSeriesModule':
      return {
        modality: image.modality,
        seriesInstanceUID: image.seriesInstanceUID,
        studyInstanceUID: image.studyInstanceUID,
      };
    case 'imagePixelModule':
      return { rows: image.rows, columns: image.columns, bitsAllocated: 16, samplesPerPixel: 1 };
    case 'instance':
      return {
        SOPClassUID: image.sopClassUID,
        SOPInstanceUID: image.sopInstanceUID,
        SeriesInstanceUID: image.seriesInstanceUID,
        StudyInstanceUID: image.studyInstanceUID,
        FrameOfReferenceUID: image.frameOfReferenceUID,
        Rows: image.rows,
        Columns: image.columns,
        PixelSpacing: image.pixelSpacing,
        ImageOrientationPatient: cosines,
        ImagePositionPatient: image.imagePositionPatient,
      };
    default:
      return undefined;
  }
}
