import { notAssessed } from '@endplate/findings';
import { Message } from 'node-hl7-client';
import { someContext, someFindings, someModic } from '../testing/some-findings';
import { renderResultMessage } from './result-message';

const ct = () => someFindings('CT').withDiscs(2).build();
const text = (bytes: Buffer | undefined): string => bytes!.toString('utf8');
/** Field of every segment of that name; field 1 of MSH is its separator. */
const fields = (message: string, name: string, at: number): string[] =>
  message
    .split('\r')
    .filter((line) => line.startsWith(`${name}|`))
    .map((line) => line.split('|')[name === 'MSH' ? at - 1 : at] ?? '');

describe('renderResultMessage', () => {
  it('is an ORU^R01 of HL7 2.5.1 that another parser reads', () => {
    const message = new Message({ text: text(renderResultMessage(ct(), someContext())) });
    expect(message.get('MSH.9.1').toString()).toBe('ORU');
    expect(message.get('MSH.9.2').toString()).toBe('R01');
    expect(message.get('MSH.12').toString()).toBe('2.5.1');
    expect(message.get('PID.5.1').toString()).toBe('Doe');
    expect(message.get('PID.5.2').toString()).toBe('Jane');
    expect(message.get('PID.3.1').toString()).toBe('P-0042');
    expect(message.get('OBR.2').toString()).toBe('ACC77');
  });

  it('names its character set, is not verified, and ends every segment with a carriage return', () => {
    const message = text(renderResultMessage(ct(), someContext()));
    expect(fields(message, 'MSH', 18)).toEqual(['UNICODE UTF-8']);
    expect(fields(message, 'OBR', 25)).toEqual(['R']);
    expect(new Set(fields(message, 'OBX', 11))).toEqual(new Set(['R']));
    expect(message.endsWith('\r')).toBe(true);
    expect(message).not.toContain('\n');
  });

  it('begins with the study, the intended use and the findings in words, then has every number with its unit', () => {
    const message = text(renderResultMessage(ct(), someContext()));
    const values = fields(message, 'OBX', 5);
    expect(values[0]).toBe(ct().studyInstanceUID);
    expect(values[1]).toBe('Research and triage only. Not a diagnosis.');
    expect(fields(message, 'OBX', 1)).toEqual(values.map((_, n) => String(n + 1)));
    const volume = message.split('\r').find((line) => line.includes('EP0020^'))!;
    expect(volume.split('|').slice(2, 7)).toEqual([
      'NM', 'EP0020^Volume of disc calcification^99ENDPLATE', '1', '41.7', 'mm3^cubic millimeter^UCUM',
    ]); // prettier-ignore
    expect(volume.split('|')[17]).toBe('EP0091^Content over the disc, partial volume taken out^99ENDPLATE');
    expect(message).toContain('84020006^L4/L5 disc^SCT');
  });

  it('says why something was not assessed', () => {
    const findings = someFindings('MR')
      .withDisc()
      .withEndplate({ status: 'assessed', value: someModic(), confidence: 0.7 })
      .withEndplate(notAssessed('T1_MISSING', 'There is no T1.'))
      .build();
    const message = text(renderResultMessage(findings, someContext()));
    expect(message).toContain('EP0070^Not assessed^99ENDPLATE|3|EP1115^T1 missing^99ENDPLATE');
    expect(message).toContain('Modic change: There is no T1.');
  });

  it.each([
    ['delimiters', 'O|Neil^A&B~C', String.raw`O\F\Neil^A\T\B\R\C^^^^^L^A`],
    ['ideographic and phonetic groups', 'Yamada^Tarou=山田^太郎=やまだ^たろう', 'Yamada^Tarou^^^^^L^A~山田^太郎^^^^^L^I~やまだ^たろう^^^^^L^P'],
    ['prefix and suffix, which change places', 'Adams^John^Quincy^Rev.^B.A.', 'Adams^John^Quincy^B.A.^Rev.^^L^A'],
    ['no alphabetic group', '=山田^太郎', '山田^太郎^^^^^L^I'],
    ['no name', '', ''],
  ])('keeps a person name whole: %s', (_, PatientName, expected) => {
    expect(fields(text(renderResultMessage(ct(), someContext({ PatientName }))), 'PID', 5)).toEqual([expected]);
  }); // prettier-ignore

  it('lets no text break out of its field', () => {
    const remarks = ['one\rOBX|99|TX|x||forged\n\\F\\ two'];
    const message = text(renderResultMessage(someFindings('CT').with({ remarks }).build(), someContext()));
    expect(message).toContain(String.raw`one\.br\OBX\F\99\F\TX\F\x\F\\F\forged\.br\\E\F\E\ two`);
    expect(fields(message, 'OBX', 1)).not.toContain('99');
  });

  it('has the same control ID for the same version and another for the next', () => {
    const id = (version: number): string[] =>
      fields(text(renderResultMessage({ ...ct(), version }, someContext())), 'MSH', 10);
    expect(id(1)).toEqual(id(1));
    expect(id(1)).not.toEqual(id(2));
    expect(id(1)[0]!.length).toBeLessThanOrEqual(20);
  });

  it('makes nothing of a version that was not analysed', () => {
    const reason = { code: 'NO_IMAGES', text: 'There is no image.' } as const;
    const findings = someFindings('CT')
      .with({ outcome: { status: 'not-analysed', reason } })
      .build();
    expect(renderResultMessage(findings, someContext())).toBeUndefined();
  });
});
