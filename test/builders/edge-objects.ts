import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadFonts } from '@endplate/platform';
import { renderReports, segmentationReference } from '@endplate/reporting';
import { EDGE_CASES, type EdgeCase } from '../../libs/reporting/src/testing/edge-cases';
import { someContext } from '../../libs/reporting/src/testing/some-findings';
import { someSource } from '../../libs/reporting/src/testing/some-source';
import { type WrittenStudy } from './phantom-objects';

/*
 * Writes reports and page of the studies that reports have trouble with, each in a folder of its own:
 *   node dist/test/builders/edge-objects.js OUT
 * It ends with one line of JSON: what was written, by study.
 */

async function main([out = 'demo-output/edge']: readonly string[]): Promise<void> {
  const fonts = await loadFonts();
  const studies: WrittenStudy[] = [];
  for (const [n, edge] of EDGE_CASES.entries()) {
    const folder = path.join(out, `edge-${n}`);
    await mkdir(folder, { recursive: true });
    const objects = [...objectsOf(edge, fonts)];
    for (const { name, bytes } of objects) await writeFile(path.join(folder, `${name}.dcm`), bytes);
    await writeFile(path.join(folder, 'images.json'), JSON.stringify(imagePlanes(edge)));
    studies.push({
      name: path.basename(folder),
      analysed: true,
      files: objects.map(({ name }) => path.join(folder, `${name}.dcm`)),
      problems: objects.flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}`)),
    });
  }
  process.stdout.write(`${JSON.stringify(studies)}\n`);
}

/** The three profiles, each with segments where every group has one or an outline. */
function* objectsOf({ findings: made, source }: EdgeCase, fonts: Awaited<ReturnType<typeof loadFonts>>) {
  const findings = made();
  const context = someContext(source);
  const labelMap = someSource(findings);
  const segmentation = findings.discs.length > 0 ? segmentationReference(findings, labelMap, context) : undefined;
  const profiles = ['comprehensive-3d', 'comprehensive', 'enhanced'] as const;
  const input = { findings, keySlices: [] };
  yield* renderReports(input, context, {
    profiles,
    kinds: ['pdf'],
    fonts,
    ...(segmentation ? { segmentation } : {}),
  });
}

/** What a viewer knows of the images of the findings: sagittal, 3 mm apart. */
function imagePlanes({ findings: made }: EdgeCase) {
  const { studyInstanceUID, series } = made();
  return series.flatMap(({ seriesInstanceUID, frameOfReferenceUID, modality, instances }) =>
    instances.map((reference, n) => ({
      ...{ ...reference, seriesInstanceUID, studyInstanceUID, frameOfReferenceUID, modality },
      ...{ rows: 512, columns: 512, pixelSpacing: [0.8, 0.8], imageOrientationPatient: [0, 1, 0, 0, 0, -1] },
      imagePositionPatient: [3 * n - 33, -120, 150],
    })),
  );
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
