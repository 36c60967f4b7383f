import { type ENGLISH } from './english';

/** Everything that a report says. */
export type PhraseKey = keyof typeof ENGLISH;

/** The phrases of one language, with the placeholders of the English ones. */
export type Catalogue = Readonly<Record<PhraseKey, string>>;

/** Names between braces in a phrase. */
export type PlaceholderOf<Phrase extends string> = Phrase extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PlaceholderOf<Rest>
  : never;
