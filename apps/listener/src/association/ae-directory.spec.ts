import { SopClass } from '@endplate/dicom';
import { AE_SERVICES, AeDirectory, aeConfigSchema, isLoopback } from './ae-directory';
import { contextsOf, LISTENER_CONTEXTS } from './association-policy';

const rulesOf = (directory: AeDirectory, callingAETitle: string, remoteAddress: string) =>
  directory.admit({ callingAETitle, calledAETitle: 'ENDPLATE', remoteAddress })?.rules;
const defaults = { quietMs: 60_000, priority: 'routine' as const };

describe('AeDirectory', () => {
  it('lets anyone in without a list', () => {
    const directory = new AeDirectory(undefined, defaults);
    expect(rulesOf(directory, 'ANYONE', '203.0.113.9')).toEqual(defaults);
  });

  const directory = new AeDirectory(
    aeConfigSchema.parse([
      { aeTitle: 'CT1', addresses: ['10.0.0.0/8', '2001:db8::/32'], quietMs: 5000 },
      { aeTitle: 'CT1', addresses: ['192.168.1.7'], priority: 'stat' },
      { aeTitle: 'MR1' },
    ]),
    defaults,
  );

  it.each([
    ['CT1', '10.200.3.4', { quietMs: 5000, priority: 'routine' }],
    ['CT1', '::ffff:10.200.3.4', { quietMs: 5000, priority: 'routine' }],
    ['CT1', '2001:db8::1', { quietMs: 5000, priority: 'routine' }],
    ['CT1', '192.168.1.7', { quietMs: 60_000, priority: 'stat' }],
    ['CT1', '192.168.1.8', undefined],
    ['CT1', 'no address', undefined],
    ['ct1', '10.0.0.1', undefined],
    ['MR1', '203.0.113.9', defaults],
    ['XX', '10.0.0.1', undefined],
  ])('%s at %s', (aeTitle, address, rules) => {
    expect(rulesOf(directory, aeTitle, address)).toEqual(rules);
  });

  it('lets HTTP in from loopback and from addresses that the list names', () => {
    expect(directory.findByAddress('127.0.0.1')).toEqual(defaults);
    expect(directory.findByAddress('::1')).toEqual(defaults);
    expect(directory.findByAddress('10.9.9.9')).toMatchObject({ quietMs: 5000 });
    // MR1 may call from anywhere by DICOM; that names no address for HTTP.
    expect(directory.findByAddress('203.0.113.9')).toBeUndefined();
  });

  it.each([
    [[]],
    [[{ aeTitle: '' }]],
    [[{ aeTitle: 'SEVENTEEN_LETTERS' }]],
    [[{ aeTitle: 'A', addresses: ['10.0.0.0/33'] }]],
    [[{ aeTitle: 'A', addresses: ['ct.local'] }]],
    [[{ aeTitle: 'A', addresses: ['10.0.0.1/8/8'] }]],
    [[{ aeTitle: 'A', quietMS: 5 }]],
    [[{ aeTitle: 'A', fetch: true }]],
    [[{ aeTitle: 'A', query: { host: 'pacs', port: 0 } }]],
    [[{ aeTitle: 'A', commitment: { host: 'a b', port: 104 } }]],
    [[{ aeTitle: 'A', identity: { username: 'u', passcodeEnv: 'P', passcodeFile: '/p' } }]],
  ])('refuses the list %j', (list) => {
    expect(aeConfigSchema.safeParse(list).success).toBe(false);
  });

  it('knows what an AE offers, under which title and where', () => {
    const partners = new AeDirectory(
      aeConfigSchema.parse([
        { aeTitle: 'CT1', addresses: ['10.0.0.1'], commitment: { host: '10.0.0.1', port: 105 } },
        {
          aeTitle: 'CT1',
          query: { host: 'pacs', port: 104, aeTitle: 'PACS' },
          fetch: true,
          identity: { username: 'u' },
        },
      ]),
      defaults,
    );
    expect(partners.partner('CT1')).toEqual({
      query: { host: 'pacs', port: 104, aeTitle: 'PACS' },
      fetch: true,
      commitment: { host: '10.0.0.1', port: 105, aeTitle: 'CT1' },
    });
    expect(partners.partner('XX')).toEqual({ fetch: false });
    const caller = (remoteAddress: string, calledAETitle = 'ENDPLATE') => ({ callingAETitle: 'CT1', calledAETitle, remoteAddress }); // prettier-ignore
    expect(partners.requiredIdentity(caller('10.0.0.1'))).toBeUndefined();
    expect(partners.requiredIdentity(caller('10.0.0.2'))).toEqual({ username: 'u' });
    expect(partners.requiredIdentity(caller('10.0.0.2', 'OTHER'))).toBeUndefined();
  });

  it('knows which services an AE may use', () => {
    const directory = new AeDirectory(
      aeConfigSchema.parse([{ aeTitle: 'RIS', services: ['mpps', 'ian'] }, { aeTitle: 'CT1' }]),
      defaults,
    );
    const may = (callingAETitle: string) =>
      AE_SERVICES.filter((service) => directory.maySend({ callingAETitle, calledAETitle: 'ENDPLATE', remoteAddress: '::1' }, service)); // prettier-ignore
    expect(may('RIS')).toEqual(['mpps', 'ian']);
    expect(may('CT1')).toEqual(AE_SERVICES);
    expect(may('NOBODY')).toEqual([]);
    const byAddress = new AeDirectory(
      aeConfigSchema.parse([
        { aeTitle: 'RIS', addresses: ['10.0.0.9'], services: ['mpps'] },
        { aeTitle: 'CT1', addresses: ['10.0.0.8'], services: ['storage'] },
        { aeTitle: 'CT2', addresses: ['10.0.0.7'], identity: { username: 'u' } },
      ]),
      defaults,
    );
    expect(byAddress.findByAddress('10.0.0.9')).toBeUndefined();
    expect(byAddress.findByAddress('10.0.0.7')).toBeUndefined();
    expect(byAddress.findByAddress('10.0.0.8')).toEqual(defaults);
    const granted = contextsOf(['mpps']).map(({ abstractSyntax }) => abstractSyntax);
    expect(granted).toEqual([SopClass.VerificationSOPClass, SopClass.ModalityPerformedProcedureStep]);
    expect(contextsOf([...AE_SERVICES])).toEqual(LISTENER_CONTEXTS);
  });

  it('knows loopback', () => {
    expect(['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1', 'localhost'].every(isLoopback)).toBe(true);
    expect(['0.0.0.0', '::', '128.0.0.1', '127.evil.example', ''].some(isLoopback)).toBe(false);
  });
});
