import { HttpException } from '@nestjs/common';
import { isCodedError } from '../errors';

/** A problem as RFC 9457 writes it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly code?: string;
}

/** HTTP titles of the statuses we answer with. */
const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  406: 'Not Acceptable',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  507: 'Insufficient Storage',
};

/** The one table from our codes to HTTP: the first ending that matches wins, `retryable` decides the rest. */
const STATUS_BY_ENDING: readonly (readonly [string, number])[] = [
  ['_NOT_FOUND', 404],
  ['_INVALID', 400],
  ['_EXISTS', 409],
  ['_CONFLICT', 409],
  ['_OVERTAKEN', 409],
  ['_ORIGIN_REFUSED', 403],
  ['_TOO_LARGE', 413],
  ['_UNSUPPORTED', 415],
  ['_FULL', 507],
];

/** Turns whatever was thrown into a problem that tells the caller no more than is safe. */
export function toProblem(error: unknown): Problem {
  if (error instanceof HttpException) {
    const status = error.getStatus();
    return { type: 'about:blank', title: titleOf(status), status, ...(status < 500 ? { detail: error.message } : {}) };
  }
  if (isCodedError(error)) {
    const status =
      STATUS_BY_ENDING.find(([ending]) => error.code.endsWith(ending))?.[1] ?? (error.retryable ? 503 : 500);
    return {
      type: `urn:endplate:error:${error.code}`,
      title: titleOf(status),
      status,
      detail: error.message,
      code: error.code,
    };
  }
  const status = bodyParserStatus(error) ?? 500;
  return { type: 'about:blank', title: titleOf(status), status };
}

/** Express's body parsers throw plain errors with a status of 4xx. */
function bodyParserStatus(error: unknown): number | undefined {
  const status = (error as { status?: unknown } | undefined)?.status;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function titleOf(status: number): string {
  return TITLES[status] ?? 'Error';
}
