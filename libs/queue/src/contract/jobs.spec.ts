import { jobIdOf, type JobInvalidError, parseJob, QUEUE_NAMES } from '../index';

describe('jobs', () => {
  it('reads what fits', () => {
    expect(parseJob('analyse', { studyInstanceUID: '1.2.3', version: 1 })).toEqual({
      studyInstanceUID: '1.2.3',
      version: 1,
      priority: 'routine',
    });
  });

  it.each([
    ['analyse', { studyInstanceUID: '1.02', version: 1 }],
    ['analyse', { studyInstanceUID: '1.2', version: 0 }],
    ['analyse', { studyInstanceUID: '1.2', version: 1, patientName: 'X' }],
    ['deliver', { studyInstanceUID: '1.2', version: 1, destination: '../x' }],
    ['deliver', { studyInstanceUID: '1.2', version: 1, destination: 'a:b' }],
    ['completeness', { studyInstanceUID: '1.2', quietMs: -1, priority: 'stat' }],
    ['maintenance', { task: 'format-disk' }],
    ['verify', null],
  ] as const)('refuses a job of %s that does not fit: %j', (queue, data) => {
    expect(() => parseJob(queue, data)).toThrow(
      expect.objectContaining({ code: 'QUEUE_JOB_INVALID', retryable: false }),
    );
  });

  it('tells where it does not fit, never the value', () => {
    try {
      parseJob('analyse', { studyInstanceUID: 'DOE^JANE', version: 1 });
      throw new Error('accepted');
    } catch (error) {
      expect((error as JobInvalidError).paths).toEqual(['studyInstanceUID']);
      expect((error as Error).message).not.toContain('DOE');
    }
  });

  it('names jobs by study, version and destination, without a colon', () => {
    const deliver = parseJob('deliver', { studyInstanceUID: '1.2', version: 3, destination: 'pacs' });
    expect(jobIdOf('deliver', deliver)).toBe('1.2.3.pacs');
    expect(jobIdOf('analyse', parseJob('analyse', { studyInstanceUID: '1.2', version: 3 }))).toBe('1.2.3');
    expect(QUEUE_NAMES).toHaveLength(5);
  });
});
