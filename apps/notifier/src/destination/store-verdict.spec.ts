import { storeVerdict } from './store-verdict';

describe('storeVerdict', () => {
  it.each([
    [0x0000, 'accepted'],
    [0xb000, 'accepted'],
    [0xb006, 'accepted'],
    [0xb007, 'accepted'],
    [0x0107, 'accepted'],
    [0x0111, 'accepted'],
    [0xa700, 'busy'],
    [0xa7ff, 'busy'],
    [0x0110, 'busy'],
    [0x0213, 'busy'],
    [0xa900, 'refused'],
    [0xc000, 'refused'],
    [0xcfff, 'refused'],
    [0x0122, 'refused'],
    [0x0124, 'refused'],
    [0xfe00, 'refused'],
    [0xff00, 'refused'],
  ])('takes status %i for %s', (status, verdict) => {
    expect(storeVerdict(status)).toBe(verdict);
  });
});
