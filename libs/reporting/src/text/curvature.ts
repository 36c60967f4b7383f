import { type CoronalCobb, type StudyFindings } from '@endplate/findings';
import { type ReportText } from './report-text';

/** `Coronal Cobb angle 12 degrees, T12 to L4, convex to the left (lying).` */
export function cobbSentence(cobb: CoronalCobb, findings: Pick<StudyFindings, 'vertebrae'>, words: ReportText): string {
  const name = (id: string): string =>
    findings.vertebrae.find((vertebra) => vertebra.id === id)?.level ?? id.replace('vertebra-', 'v');
  return words.say('line.cobb', {
    angle: Math.round(cobb.angleDeg),
    upper: name(cobb.upperVertebraId),
    lower: name(cobb.lowerVertebraId),
    side: words.say(cobb.convexTo === 'left' ? 'side.left' : 'side.right'),
  });
}

/** What is said of the spine's curvature and of dents of its endplates, a sentence each; nothing where there is nothing. */
export function curvatureSentences(findings: StudyFindings, words: ReportText): string[] {
  const { lumbarLordosisDeg: lordosis, coronalCobb: cobb } = findings;
  const dents = [...findings.vertebrae].reverse().flatMap(({ id, level, endplateDefects }) =>
    (['superior', 'inferior'] as const).flatMap((side) => {
      const found = endplateDefects?.[side];
      if (found?.status !== 'assessed' || !found.value.present) return [];
      const name = { level: level ?? id.replace('vertebra-', 'v') };
      const where = words.say(side === 'superior' ? 'short.superiorEndplate' : 'short.inferiorEndplate', name);
      return [words.say('line.dent', { where, mm: words.figure(found.value.depthMm) })];
    }),
  );
  return [
    ...(lordosis?.status === 'assessed' ? [words.say('line.lordosis', { angle: Math.round(lordosis.value) })] : []),
    ...(cobb?.status === 'assessed' ? [cobbSentence(cobb.value, findings, words)] : []),
    ...(dents.length > 0 ? [words.say('line.dents', { dents: words.list(dents) })] : []),
  ];
}
