import { Controller, Get, Inject, NotFoundException, Param, Res } from '@nestjs/common';
import { type PageFile } from './page-files';

/** Injection token of the page's files. */
export const PAGE = Symbol('console:page');

interface HttpResponse {
  setHeader(name: string, value: string): void;
  send(body: Buffer): void;
}

/** Nothing from elsewhere, nothing inline, no frame around it. */
const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
};

/** The page. */
@Controller()
export class WebController {
  constructor(@Inject(PAGE) private readonly page: ReadonlyMap<string, PageFile>) {}

  @Get()
  index(@Res() response: HttpResponse): void {
    this.answer('index.html', response);
  }

  @Get('page/:name')
  file(@Param('name') name: string, @Res() response: HttpResponse): void {
    this.answer(name, response);
  }

  private answer(name: string, response: HttpResponse): void {
    const file = this.page.get(name);
    if (!file) throw new NotFoundException('There is no such page.');
    for (const [header, value] of Object.entries(HEADERS)) response.setHeader(header, value);
    response.setHeader('Content-Type', file.type);
    response.send(file.bytes);
  }
}
