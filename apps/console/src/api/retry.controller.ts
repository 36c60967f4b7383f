import { Controller, HttpCode, Inject, Param, ParseIntPipe, Post, Req } from '@nestjs/common';
import { isStorableUid } from '@endplate/store';
import { refuseForeignPages, type IncomingRequest } from './same-origin';
import { DeliveryRetry } from './delivery-retry';
import { StudyNotFoundError } from '../errors';
import { type RetryView } from './view.schema';

/** A delivery that was given up begins anew. */
@Controller('api')
export class RetryController {
  constructor(@Inject(DeliveryRetry) private readonly deliveries: DeliveryRetry) {}

  @Post('studies/:study/versions/:version/deliveries/:destination/retry')
  @HttpCode(202)
  async retry(
    @Param('study') studyInstanceUID: string,
    @Param('version', ParseIntPipe) version: number,
    @Param('destination') destination: string,
    @Req() request: IncomingRequest,
  ): Promise<RetryView> {
    refuseForeignPages(request);
    if (!isStorableUid(studyInstanceUID)) throw new StudyNotFoundError();
    const from = request.socket?.remoteAddress ?? 'unknown';
    return this.deliveries.retry({ studyInstanceUID, version, destination }, from);
  }
}
