import { filteredOutBy, instanceFilterSchema, matchesWildCards } from './instance-filter';

describe('instance filter', () => {
  it.each([
    ['*spine*', 'T2 Sagittal SPINE Lumbar', true],
    ['spine*', 'T2 spine', false],
    ['t?_*', 'T2_TSE', true],
    ['t?', 'T', false],
    ['', '', true],
    ['**', 'x', true],
    ['a*b*c', 'aXXbYYbZc', true],
    ['a*b*c', 'aXXbYY', false],
    ['.*', 'anything', false],
  ])('%j on %j is %s', (pattern, text, expected) => {
    expect(matchesWildCards(pattern, text)).toBe(expected);
  });

  it('ends soon on a pattern made to last', () => {
    expect(matchesWildCards(`${'*a'.repeat(30)}b`, 'a'.repeat(10_000))).toBe(false);
  });

  it('takes by modality, by description and by what it leaves out', () => {
    const filter = instanceFilterSchema.parse({
      modalities: ['CT', 'MR'],
      descriptions: ['*spine*'],
      exceptDescriptions: ['*scout*'],
    });
    const why = (modality: string | undefined, ...descriptions: string[]) =>
      filteredOutBy(filter, { modality, descriptions });
    expect(why('CT', 'Spine 1 mm')).toBeUndefined();
    expect(why('CT', 'axial', 'SPINE LUMBAR')).toBeUndefined();
    expect(why('SR', 'Spine')).toContain('Modality');
    expect(why(undefined, 'Spine')).toContain('Modality');
    expect(why('CT')).toContain('Description');
    expect(why('CT', 'Spine', 'SCOUT')).toContain('Description');
    expect(instanceFilterSchema.safeParse({}).success).toBe(false);
  });
});
