import { volatileKind } from './volatile-folder';

const TABLE = [
  '22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw',
  '30 22 0:25 / /dev/shm rw - tmpfs tmpfs rw',
  '40 22 8:1 /var/lib/kubelet/pods/1/volumes/kubernetes.io~empty-dir/spool /usr rw master:1 - ext4 /dev/sda1 rw',
  '41 22 8:17 / /usr/lib rw - ext4 /dev/sdb1 rw',
  '42 22 0:40 / /proc/with\\040blank rw - tmpfs tmpfs rw',
].join('\n');

describe('volatileKind', () => {
  it.each([
    ['/', undefined],
    ['/etc/spool/not/made/yet', undefined],
    ['/dev/shm', 'tmpfs'],
    ['/dev/shm/spool', 'tmpfs'],
    ['/dev/shmother', undefined],
    ['/usr/spool', 'emptyDir'],
    ['/usr/lib/spool', undefined],
  ])('%s: %s', (folder, kind) => expect(volatileKind(folder, TABLE)).toBe(kind));

  it('reads the table of this machine', () => expect(volatileKind('/proc/self')).toBeUndefined());
});
