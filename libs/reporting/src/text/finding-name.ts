import { type EndplateFinding, type Modic } from '@endplate/findings';
import { type ReportText } from './report-text';

/** An endplate in few words: `L5 inferior`; a vertebra without a name by its number from below. */
export function endplateName(
  { vertebraLevel, vertebraId, position }: Pick<EndplateFinding, 'vertebraLevel' | 'vertebraId' | 'position'>,
  words: ReportText,
): string {
  const unnamed = vertebraId === 'sacrum' ? words.say('name.sacrum') : vertebraId.replace('vertebra-', 'v');
  const level = vertebraLevel ?? unnamed;
  return words.say(position === 'superior' ? 'short.superiorEndplate' : 'short.inferiorEndplate', { level });
}

/** Type of a Modic change as it is read: `2`, `3 (possible)`, `mixed`. */
export function modicType(type: Exclude<Modic['type'], 'none'>, words: ReportText): string {
  if (type === 'mixed') return words.say('line.modicMixed');
  return type === '3-possible' ? words.say('line.modic3') : type;
}
