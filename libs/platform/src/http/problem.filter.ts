import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { type LogSink } from '../log/catalogue';
import { toProblem } from './problem';

interface HttpResponse {
  headersSent: boolean;
  status(code: number): HttpResponse;
  setHeader(name: string, value: string): void;
  end(body?: string): void;
  destroy(): void;
}

/**
 * Answers every failure of an HTTP request as `application/problem+json`.
 * @standard RFC 9457
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly sink: LogSink) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const problem = toProblem(error);
    if (problem.status >= 500) this.sink.error({ error, msgId: 'PLT-500' }, 'HTTP request failed');
    const response = host.switchToHttp().getResponse<HttpResponse>();
    // Half an answer is on its way: only breaking it off tells the peer that it is not whole.
    if (response.headersSent) return response.destroy();
    response.setHeader('Content-Type', 'application/problem+json');
    response.status(problem.status).end(JSON.stringify(problem));
  }
}
