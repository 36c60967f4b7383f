/** Whether a kernel's name says that it enhances edges: B60f and above, BONE, EDGE, FC30..., sharp filters. */
export function isSharpKernel(kernel: string | undefined): boolean {
  if (!kernel) return false;
  const siemens = /^[BHIJ][rvfhuzls]?(\d\d)/i.exec(kernel);
  if (siemens) return Number(siemens[1]) >= 55;
  return /bone|edge|lung|sharp|^(fc[3-8]\d)|^(yd|ye|d|l|e)$/i.test(kernel);
}
