import { type Reason, type ReasonCode } from '@endplate/findings';
import { type Catalogue, type PhraseKey, type PlaceholderOf } from './catalogue';
import { CHINESE } from './chinese';
import { ENGLISH } from './english';
import { FRENCH } from './french';
import { GERMAN } from './german';
import { type ReportLanguage } from './language';
import { SPANISH } from './spanish';

type Values<K extends PhraseKey> = PlaceholderOf<(typeof ENGLISH)[K]>;

/** Every language's phrases. */
export const CATALOGUE: Readonly<Record<ReportLanguage, Catalogue>> = {
  en: ENGLISH,
  de: GERMAN,
  fr: FRENCH,
  es: SPANISH,
  zh: CHINESE,
};

const DECIMAL: Readonly<Record<ReportLanguage, string>> = { en: '.', de: ',', fr: ',', es: ',', zh: '.' };

/** Phrases of the kernel, as patterns whose groups are the placeholders. */
const SAID = (Object.keys(ENGLISH) as PhraseKey[])
  .filter((key) => key.startsWith('said.'))
  .map((key) => {
    const parts = ENGLISH[key].split(/\{([^}]+)\}/);
    const source = parts.map((part, n) => (n % 2 === 1 ? '(.{1,40})' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
    return { key, names: parts.filter((_, n) => n % 2 === 1), pattern: new RegExp(`^${source.join('')}$`) };
  });

/** What a report says to people, in one language. Codes and coded numbers are the same in every language. */
export class ReportText {
  private readonly phrases: Catalogue;

  constructor(readonly language: ReportLanguage) {
    this.phrases = CATALOGUE[language];
  }

  /** A phrase with its placeholders filled in. */
  say<K extends PhraseKey>(
    key: K,
    ...values: [Values<K>] extends [never] ? [] : [Readonly<Record<Values<K>, string | number>>]
  ): string {
    const given = (values[0] ?? {}) as Readonly<Record<string, string | number>>;
    return fill(this.phrases[key], given);
  }

  /** A phrase that has no placeholder, by a key put together. */
  phrase(key: PhraseKey): string {
    return this.phrases[key];
  }

  /** Why something was not assessed, as it stands inside a sentence. */
  reason(code: ReasonCode): string {
    return this.phrases[`reason.${code}`];
  }

  /**
   * The same as a sentence: in English the kernel's own, which has the figures; else that of the code, after what the
   * kernel did see.
   */
  reasonSentence({ code, text }: Reason): string {
    if (this.language === 'en') return text;
    const [first = '', ...rest] = [...this.reason(code)];
    const why = first.toUpperCase() + rest.join('') + this.phrases['join.stop'];
    const seen = text.startsWith(ENGLISH['said.signalChange']) ? `${this.phrases['said.signalChange']} ` : '';
    return seen + why;
  }

  /** A sentence of the kernel in this language; one that is not known stays in English, for it must not be lost. */
  sentence(english: string): string {
    if (this.language === 'en') return english;
    for (const { key, names, pattern } of SAID) {
      const match = pattern.exec(english);
      if (!match) continue;
      return fill(this.phrases[key], Object.fromEntries(names.map((name, n) => [name, match[n + 1]!])));
    }
    return english;
  }

  /** What is said one after the other of the same thing. */
  parts(parts: readonly string[]): string {
    return parts.join(this.phrases['join.part']);
  }

  /** Things of one kind in a row. */
  list(items: readonly string[]): string {
    return items.join(this.phrases['join.list']);
  }

  /** Two figures of meaning, no more than the measurement has, with this language's decimal separator. */
  figure(value: number): string {
    return this.separated(Math.abs(value) >= 10 ? String(Math.round(value)) : String(Math.round(value * 10) / 10));
  }

  /** A number with as many decimals, with this language's decimal separator. */
  fixed(value: number, decimals: number): string {
    return this.separated(value.toFixed(decimals));
  }

  private separated(digits: string): string {
    return digits.replace('.', DECIMAL[this.language]);
  }
}

/** @param language - English where none is asked for */
export function reportText(language: ReportLanguage = 'en'): ReportText {
  return TEXTS[language];
}

const TEXTS: Readonly<Record<ReportLanguage, ReportText>> = {
  en: new ReportText('en'),
  de: new ReportText('de'),
  fr: new ReportText('fr'),
  es: new ReportText('es'),
  zh: new ReportText('zh'),
};

function fill(phrase: string, values: Readonly<Record<string, string | number>>): string {
  return phrase.replace(/\{([^}]+)\}/g, (_, name: string) => String(values[name] ?? ''));
}
