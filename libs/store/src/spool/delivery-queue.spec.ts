import { type Spool, type SpooledRecord, type SpoolOptions } from '../index';
import { Segment } from './segment';
import { bodyOf, Destination, SpoolFolder } from './testing/spool-folder';

let site: SpoolFolder;
beforeEach(async () => {
  site = await SpoolFolder.open();
});
afterEach(() => site.close());

const start = (options: Partial<SpoolOptions> = {}): Promise<Spool> => site.start(options);

describe('deliveries of a spool', () => {
  it('leaves the disk to those who append, and delivers once they pause', async () => {
    // A slow disk must not look like a pause: the clock stands still while records are appended.
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'Date', 'hrtime'] });
    try {
      const destination = new Destination();
      const spool = await start({ deliver: destination.deliver, yieldMs: 50 });
      await spool.append(Buffer.from('1'), [bodyOf(1)]);
      await spool.append(Buffer.from('2'), [bodyOf(2)]);
      expect(destination.taken.size).toBe(0);
      jest.advanceTimersByTime(50);
      await destination.until(2);
      expect([...destination.taken.keys()]).toEqual(['1', '2']);
    } finally {
      jest.useRealTimers();
    }
  });

  it('delivers at once when half of its room is used', async () => {
    const destination = new Destination();
    const spool = await start({
      deliver: destination.deliver,
      yieldMs: 3_600_000,
      maxYieldMs: 3_600_000,
      maxBytes: 16_384,
    });
    await spool.append(Buffer.from('1'), [Buffer.alloc(3000)]);
    await destination.until(1);
    expect(destination.taken.size).toBe(1);
  });

  describe('of records that belong to one place', () => {
    const placeOf = (info: Buffer): string => info.toString()[0]!;

    it('brings them there as they became durable, though the disk reads the first one last', async () => {
      const destination = new Destination();
      const { read } = Segment.prototype;
      let reads = 0;
      const slow = jest.spyOn(Segment.prototype, 'read').mockImplementation(async function (this: Segment, offset) {
        reads += 1;
        if (reads === 1) await new Promise((resolve) => setTimeout(resolve, 50));
        return read.call(this, offset);
      });
      try {
        const spool = await start({ deliver: destination.deliver, placeOf });
        await Promise.all(['a1', 'a2', 'a3'].map((name) => spool.append(Buffer.from(name), [bodyOf(1)])));
        await destination.until(3);
        expect([...destination.taken.keys()]).toEqual(['a1', 'a2', 'a3']);
      } finally {
        slow.mockRestore();
      }
    });

    it('lets none pass one that has to be tried again, and others do not wait for it', async () => {
      const destination = new Destination();
      let refusals = 2;
      const deliver = async (record: SpooledRecord): Promise<void> => {
        if (record.info.toString() === 'a1' && refusals-- > 0) throw new Error('away');
        return destination.deliver(record);
      };
      const spool = await start({ deliver, placeOf });
      await Promise.all(['a1', 'a2', 'b1'].map((name) => spool.append(Buffer.from(name), [bodyOf(1)])));
      await destination.until(3);
      expect([...destination.taken.keys()]).toEqual(['b1', 'a1', 'a2']);
    });
  });
});
