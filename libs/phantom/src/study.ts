import { ctStudy, type CtStudyOptions } from './ct/ct-study';
import { mrStudy, type MrStudyOptions } from './mr/mr-study';
import { type PhantomStudy } from './series/phantom-study';

/** What to draw: kind, seed and whatever should not be left to the seed. */
export type PhantomStudyOptions =
  | ({ readonly kind: 'ct'; readonly seed: number } & CtStudyOptions)
  | ({ readonly kind: 'mr'; readonly seed: number } & MrStudyOptions);

/**
 * Draws a study of a patient that does not exist, as DICOM instances with exact truth. The same options give the same
 * bytes.
 *
 * @throws {@link PhantomOptionError} `PHANTOM_OPTION_INVALID`
 */
export function phantomStudy(options: PhantomStudyOptions): PhantomStudy {
  if (options.kind === 'ct') {
    const { kind: _kind, seed, ...rest } = options;
    return ctStudy(seed, rest);
  }
  const { kind: _kind, seed, ...rest } = options;
  return mrStudy(seed, rest);
}
