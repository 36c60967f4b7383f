import { Controller, HttpException, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ListenerError, type ListenerErrorCode } from '../errors';
import { StowService } from './stow-service';

interface HttpRequest extends AsyncIterable<Buffer> {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly socket: { readonly remoteAddress?: string };
}

interface HttpResponse {
  status(code: number): HttpResponse;
  setHeader(name: string, value: string): void;
  end(body: string): void;
}

/** The one table from refusals of a whole request to HTTP. @standard PS3.18 10.5.3.1 */
const HTTP_STATUS: Partial<Record<ListenerErrorCode, number>> = {
  LISTENER_SOURCE_REFUSED: 403,
  LISTENER_PRESSURE: 503,
  LISTENER_NOT_ACCEPTABLE: 406,
  LISTENER_MEDIA_UNSUPPORTED: 415,
  LISTENER_MULTIPART_INVALID: 400,
};

/** STOW-RS. @standard PS3.18 10.5 */
@Controller('dicom-web/studies')
export class StowController {
  constructor(@Inject(StowService) private readonly service: StowService) {}

  @Post()
  store(@Req() request: HttpRequest, @Res() response: HttpResponse): Promise<void> {
    return this.answer(request, response, undefined);
  }

  @Post(':study')
  storeInStudy(
    @Param('study') study: string,
    @Req() request: HttpRequest,
    @Res() response: HttpResponse,
  ): Promise<void> {
    return this.answer(request, response, study);
  }

  private async answer(request: HttpRequest, response: HttpResponse, studyInstanceUID: string | undefined) {
    try {
      const { status, body } = await this.service.store({
        remoteAddress: request.socket.remoteAddress ?? '',
        contentType: single(request.headers['content-type']),
        accept: single(request.headers['accept']),
        studyInstanceUID,
        body: request,
      });
      response.setHeader('Content-Type', 'application/dicom+json');
      response.status(status).end(JSON.stringify(body));
    } catch (error) {
      const status = error instanceof ListenerError ? HTTP_STATUS[error.code] : undefined;
      throw status === undefined ? error : new HttpException((error as Error).message, status, { cause: error });
    }
  }
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
