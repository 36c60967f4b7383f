/** Waits for Ctrl-C or a polite kill. A second one ends the process at once. */
export function endSignal(): { readonly received: Promise<string>; readonly signal: AbortSignal } {
  const controller = new AbortController();
  const received = new Promise<string>((resolve) => {
    const on = (name: string) => (): void => {
      if (controller.signal.aborted) process.exit(1);
      controller.abort(new Error(`ended by ${name}`));
      resolve(name);
    };
    process.on('SIGINT', on('SIGINT'));
    process.on('SIGTERM', on('SIGTERM'));
  });
  return { received, signal: controller.signal };
}
