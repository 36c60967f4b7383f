import { REPORT_LANGUAGES, type ReportLanguage } from '@endplate/reporting';
import { Option } from 'commander';

/** What {@link languageOption} puts into a command's options. */
export interface LanguageOption {
  readonly language: ReportLanguage;
}

/** `--language`: of what people read; codes and coded numbers are the same in every language. */
export function languageOption(): Option {
  return new Option('--language <code>', 'language of reports and pictures').choices(REPORT_LANGUAGES).default('en');
}
