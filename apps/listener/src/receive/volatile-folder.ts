import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** File systems that live in memory. */
const IN_MEMORY = new Set(['tmpfs', 'ramfs', 'devtmpfs', 'hugetlbfs']);

/**
 * Why what lies in a folder does not outlive the machine or the pod, as far as Linux tells: `tmpfs` and its like, or a
 * Kubernetes emptyDir. Undefined where nothing speaks against it.
 */
export function volatileKind(folder: string, mountTable = readMountTable()): string | undefined {
  const real = nearestExisting(resolve(folder));
  let best: { readonly point: string; readonly kind: string | undefined } | undefined;
  for (const line of mountTable.split('\n')) {
    // proc(5): id, parent, device, root, mount point, options, optional fields, "-", type, source, super options.
    const [mount = '', superBlock = ''] = line.split(' - ');
    const [, , , root = '', point = ''] = mount.split(' ').map(unescape);
    const [type = ''] = superBlock.split(' ');
    if (point === '' || !isWithin(real, point) || (best && point.length < best.point.length)) continue;
    const isEmptyDir = root.includes('/kubernetes.io~empty-dir/');
    best = { point, kind: IN_MEMORY.has(type) ? type : isEmptyDir ? 'emptyDir' : undefined };
  }
  return best?.kind;
}

function isWithin(folder: string, point: string): boolean {
  return point === '/' || folder === point || folder.startsWith(`${point}/`);
}

function nearestExisting(folder: string): string {
  let found = folder;
  while (!existsSync(found) && dirname(found) !== found) found = dirname(found);
  return realpathSync(found);
}

/** Blanks and the like are written as octal numbers. */
function unescape(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}

function readMountTable(): string {
  return existsSync('/proc/self/mountinfo') ? readFileSync('/proc/self/mountinfo', 'utf8') : '';
}
