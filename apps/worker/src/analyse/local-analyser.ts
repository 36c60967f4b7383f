import { type SoftwareIdentity } from '@endplate/findings';
import { analyseStudy, type SpineSegmenter } from '@endplate/kernel';
import { type StudyAnalyser } from './study-analyser.port';

/** Runs the kernel in this process: for specs, and where the worker runs from its sources. */
export function localAnalyser(segmenter: SpineSegmenter, software: SoftwareIdentity): StudyAnalyser {
  return {
    model: segmenter.model,
    async analyse(input, signal, notify) {
      signal.throwIfAborted();
      return analyseStudy(input, { segmenter, software, notify });
    },
    close: () => segmenter.close(),
  };
}
