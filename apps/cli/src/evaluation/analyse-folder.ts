import { analyseStudy, type KernelResult, type SpineSegmenter } from '@endplate/kernel';
import { softwareIdentity } from '@endplate/platform';
import { CliError } from '../errors';
import { findStudies } from '../folder/find-instances';

/** Runs the kernel over the one study of a folder. @throws {@link CliError} when there is none */
export async function analyseFolder(folder: string, segmenter: SpineSegmenter): Promise<KernelResult> {
  const { studies } = await findStudies(folder);
  const study = studies[0];
  if (!study) throw new CliError('CLI_FAILED', `No DICOM series in "${folder}", though there are labels for it.`);
  return analyseStudy(
    {
      studyInstanceUID: study.studyInstanceUID,
      version: 1,
      digest: '',
      createdAt: '2000-01-01T00:00:00Z',
      headers: study.instances.map((instance) => instance.header),
      readInstance: study.readInstance,
    },
    { segmenter, software: softwareIdentity() },
  );
}
