import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import { Health, type HealthReport } from '../health/health';
import { Metrics } from '../metrics/metrics';

interface HttpResponse {
  status(code: number): HttpResponse;
  setHeader(name: string, value: string): void;
  json(body: unknown): void;
  end(body: string): void;
}

/** Probes and metrics. */
@Controller()
export class OperationsController {
  constructor(
    @Inject(Health) private readonly health: Health,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  @Get('livez')
  @Header('Cache-Control', 'no-store')
  async live(@Res() response: HttpResponse): Promise<void> {
    answer(response, await this.health.live());
  }

  @Get('readyz')
  @Header('Cache-Control', 'no-store')
  async ready(@Res() response: HttpResponse): Promise<void> {
    answer(response, await this.health.ready());
  }

  @Get('metrics')
  async scrape(@Res() response: HttpResponse): Promise<void> {
    const { text, contentType } = await this.metrics.expose();
    response.setHeader('Content-Type', contentType);
    response.end(text);
  }
}

function answer(response: HttpResponse, report: HealthReport): void {
  response.status(report.ok ? 200 : 503).json(report);
}
