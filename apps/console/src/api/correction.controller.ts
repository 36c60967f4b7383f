import { Body, Controller, HttpCode, Inject, Param, ParseIntPipe, Post, Req } from '@nestjs/common';
import { isStorableUid } from '@endplate/store';
import { StudyNotFoundError } from '../errors';
import { FindingCorrection } from './finding-correction';
import { type IncomingRequest, refuseForeignPages } from './same-origin';
import { type CorrectionView } from './view.schema';

/** A reader's correction of a version; what he read stays as it is. */
@Controller('api')
export class CorrectionController {
  constructor(@Inject(FindingCorrection) private readonly corrections: FindingCorrection) {}

  @Post('studies/:study/versions/:version/correction')
  @HttpCode(202)
  async correct(
    @Param('study') studyInstanceUID: string,
    @Param('version', ParseIntPipe) version: number,
    @Body() body: unknown,
    @Req() request: IncomingRequest,
  ): Promise<CorrectionView> {
    refuseForeignPages(request);
    if (!isStorableUid(studyInstanceUID)) throw new StudyNotFoundError();
    return this.corrections.correct(studyInstanceUID, version, body, request.socket?.remoteAddress ?? 'unknown');
  }
}
