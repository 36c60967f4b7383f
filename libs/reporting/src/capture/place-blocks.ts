/** A block of text that wants to be beside a place. */
export interface WantedBlock {
  /** Where its middle wants to be. */
  readonly centre: number;
  readonly height: number;
}

/**
 * Tops of blocks such that none overlaps another, each as near to its wanted place as its neighbours allow, in the order
 * of the wanted places. Where they don't all fit they are set without a gap from the top.
 *
 * Blocks that touch are moved as one to their mean wanted place (pool adjacent violators, Ayer et al. 1955), which is
 * the arrangement with the least sum of squared distances.
 *
 * @returns tops in the order of `blocks`
 */
export function placeBlocks(blocks: readonly WantedBlock[], top: number, bottom: number, gap: number): number[] {
  const order = blocks.map((_, index) => index).sort((a, b) => blocks[a]!.centre - blocks[b]!.centre);
  const total = blocks.reduce((sum, block) => sum + block.height + gap, -gap);
  const tight = total > bottom - top;
  const space = tight
    ? Math.max(0, (bottom - top - (total - gap * (blocks.length - 1))) / Math.max(1, blocks.length - 1))
    : gap;
  // A pool is a run of touching blocks: its offset is the top of the first one.
  const pools: { members: number[]; offset: number; weight: number; height: number }[] = [];
  for (const index of order) {
    const { centre, height } = blocks[index]!;
    pools.push({ members: [index], offset: centre - height / 2, weight: 1, height: height + space });
    for (let last = pools.at(-1)!, before = pools.at(-2); before; last = pools.at(-1)!, before = pools.at(-2)) {
      if (before.offset + before.height <= last.offset) break;
      const weight = before.weight + last.weight;
      const offset = (before.offset * before.weight + (last.offset - before.height) * last.weight) / weight;
      pools.splice(-2, 2, {
        members: [...before.members, ...last.members],
        offset,
        weight,
        height: before.height + last.height,
      });
    }
  }
  return settle(blocks, pools, top, bottom, space);
}

/** Pushes the pools into the given room, down from the top and then up from the bottom. */
function settle(
  blocks: readonly WantedBlock[],
  pools: readonly { readonly members: readonly number[]; readonly offset: number }[],
  top: number,
  bottom: number,
  space: number,
): number[] {
  const tops = new Array<number>(blocks.length).fill(top);
  const order: number[] = [];
  for (const pool of pools) {
    let at = pool.offset;
    for (const index of pool.members) {
      tops[index] = at;
      at += blocks[index]!.height + space;
      order.push(index);
    }
  }
  let limit = top;
  for (const index of order) {
    tops[index] = Math.max(tops[index]!, limit);
    limit = tops[index]! + blocks[index]!.height + space;
  }
  limit = bottom;
  for (const index of order.reverse()) {
    tops[index] = Math.max(Math.min(tops[index]!, limit - blocks[index]!.height), top);
    limit = tops[index]! - space;
  }
  return tops;
}
