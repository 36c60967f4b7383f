import { run } from './program';

// An explicit exit: what a failed start left open (connections, timers) must not keep the process.
run(process.argv).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`endplate: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
