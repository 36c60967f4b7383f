import { REASON_CODES } from '@endplate/findings';
import { inSentence, reasonConcept } from '../code/reason-code';
import { type PhraseKey } from './catalogue';
import { ENGLISH } from './english';
import { REPORT_LANGUAGES } from './language';
import { CATALOGUE, reportText } from './report-text';

const KEYS = Object.keys(ENGLISH) as PhraseKey[];
const placeholders = (phrase: string): string[] => [...phrase.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name!).sort();

describe.each(REPORT_LANGUAGES)('the phrases in %s', (language) => {
  const catalogue = CATALOGUE[language];

  it('have the keys and the placeholders of the English ones, and none is empty', () => {
    expect(Object.keys(catalogue)).toEqual(KEYS);
    for (const key of KEYS) {
      expect([key, placeholders(catalogue[key])]).toEqual([key, placeholders(ENGLISH[key])]);
      expect(catalogue[key].trim()).not.toBe('');
    }
  });

  it('fit where DICOM takes 64 characters', () => {
    const longest = catalogue['object.leftOut'].replace('{use}', catalogue['use.burnedIn']).replace('{count}', '255');
    const names = KEYS.filter((key) => key.startsWith('series.')).map((key) => catalogue[key]);
    for (const text of [...names, longest, catalogue['use.intended'], catalogue['object.notRead']])
      expect([...text].length).toBeLessThanOrEqual(64);
  });

  it('are translated, and not left in English', () => {
    if (language === 'en') return;
    const sentences = KEYS.filter((key) => /^(use|conclusion|object)\./.test(key) || / .*\.$/.test(ENGLISH[key]));
    expect(sentences.filter((key) => catalogue[key] === ENGLISH[key])).toEqual([]);
  });

  it('say that it is no diagnosis', () => {
    const word = { en: 'diagnosis', de: 'Diagnose', fr: 'diagnostic', es: 'diagnóstico', zh: '诊断' }[language];
    expect(catalogue['use.intended']).toContain(word);
    expect(catalogue['use.burnedIn']).toContain(word);
  });
});

describe('text', () => {
  it.each(REASON_CODES)('has the reason %s in English as its code means it', (code) => {
    expect(reportText('en').reason(code)).toBe(inSentence(reasonConcept(code).meaning));
  });

  it.each([
    ['en', '42', '1.4', '11.20'],
    ['de', '42', '1,4', '11,20'],
    ['fr', '42', '1,4', '11,20'],
    ['es', '42', '1,4', '11,20'],
    ['zh', '42', '1.4', '11.20'],
  ] as const)('in %s has numbers as its readers write them', (language, whole, figure, fixed) => {
    const words = reportText(language);
    expect([words.figure(42.3), words.figure(1.44), words.fixed(11.2, 2)]).toEqual([whole, figure, fixed]);
  });

  it('knows what the kernel says, with the figures in it', () => {
    const words = reportText('de');
    expect(words.sentence('CT, sagittal reformat of 120 slices, window -250 to 750 HU')).toBe(
      'CT, sagittale Reformatierung aus 120 Schichten, Fenster -250 bis 750 HU',
    );
    expect(words.sentence('Infection and tumour not excluded.')).toBe('Infektion und Tumor nicht ausgeschlossen.');
  });

  it('keeps a sentence that it does not know, for it must not be lost', () => {
    expect(reportText('zh').sentence('Something new was seen.')).toBe('Something new was seen.');
  });

  it('gives the reason as a sentence: the kernel’s own in English, else that of its code', () => {
    const reason = { code: 'NEEDS_CT', text: 'Gas in a disc needs CT.' } as const;
    expect(reportText('en').reasonSentence(reason)).toBe('Gas in a disc needs CT.');
    expect(reportText('fr').reasonSentence(reason)).toBe('TDM nécessaire.');
    expect(reportText('zh').reasonSentence(reason)).toBe('需要 CT。');
  });

  it('keeps that something was seen where its type was withheld', () => {
    const text = 'Signal change, type not assessable. Type is told from T1 and T2 together; T1 is missing.';
    const reason = { code: 'T1_MISSING', text } as const;
    expect(reportText('en').reasonSentence(reason)).toBe(text);
    expect(reportText('de').reasonSentence(reason)).toBe('Signalveränderung, Typ nicht beurteilbar. T1 fehlt.');
  });
});
