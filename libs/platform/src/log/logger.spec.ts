import { bindCatalogue, message } from './catalogue';
import { createLogger } from './logger';

function capture() {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  return { lines, logger: createLogger({ app: 'test', level: 'info', destination }) };
}

const CATALOGUE = {
  stored: message<{ sizeBytes: number }>('TST-001', 'info', 'Stored'),
  failed: message<{ error: Error }>('TST-002', 'error', 'Failed'),
  detail: message('TST-003', 'debug', 'Detail'),
};

describe('catalogue and logger', () => {
  it('writes one JSON line with the message`s id, level and fields', () => {
    const { lines, logger } = capture();
    const log = bindCatalogue(logger, CATALOGUE);
    log.stored({ sizeBytes: 5 });
    log.detail({});
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ app: 'test', level: 'info', msgId: 'TST-001', sizeBytes: 5, msg: 'Stored' });
  });

  it('tells our errors whole, and of foreign errors nothing that could quote a value', () => {
    const { lines, logger } = capture();
    const log = bindCatalogue(logger, CATALOGUE);
    const foreign = new Error('bad value DOE^JANE');
    log.failed({ error: foreign });
    const ours = Object.assign(new Error('No room.', { cause: foreign }), { code: 'STORE_FULL', retryable: true });
    log.failed({ error: ours });
    expect(JSON.stringify(lines)).not.toContain('DOE');
    expect(lines[0]?.['error']).toMatchObject({ name: 'Error', stack: expect.any(Array) });
    expect(lines[1]?.['error']).toMatchObject({ code: 'STORE_FULL', message: 'No room.', retryable: true });
  });
});
