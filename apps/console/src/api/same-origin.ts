import { ForeignOriginError } from '../errors';

/** The part of a request that tells where it comes from. */
export interface IncomingRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly socket?: { readonly remoteAddress?: string };
}

/** A header that a form cannot send, and a script of another origin only after a question that we never answer. */
export const ACTION_HEADER = 'x-endplate-action';

/**
 * Lets only our own page, and programs that are no browser, change something: a page from elsewhere that is open in the
 * same browser could send a request along with whatever lets its reader in.
 * @throws CONSOLE_ORIGIN_REFUSED
 */
export function refuseForeignPages({ headers }: IncomingRequest): void {
  const { origin, host, 'sec-fetch-site': site } = headers;
  if (typeof headers[ACTION_HEADER] !== 'string')
    throw new ForeignOriginError(`the header ${ACTION_HEADER} is missing`);
  if (site !== undefined && site !== 'same-origin') throw new ForeignOriginError('it comes from another site');
  if (origin !== undefined && hostOf(origin) !== host) throw new ForeignOriginError('it comes from another origin');
}

function hostOf(origin: string | string[]): string | undefined {
  if (typeof origin !== 'string') return undefined;
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}
