import { WatchedFiles } from './watched-files';

/** What is read again while the process runs. */
export type ReloadedName = 'ae-list' | 'tls';

/** Something that is made of files. */
export interface ReloadedSource {
  readonly name: ReloadedName;
  readonly paths: readonly string[];
  /** Reads the files and puts them in force as a whole; gives the faults, and then leaves what was in force. */
  readonly apply: () => readonly string[] | Promise<readonly string[]>;
}

/** Told of every reload; no faults: the new files hold. */
export type ReloadListener = (name: ReloadedName, faults: readonly string[]) => void;

/** Reads files again when they change or when asked; a broken one leaves in force what was. */
export class Reloaded {
  private readonly files: WatchedFiles;
  private faulty = false;

  constructor(
    private readonly source: ReloadedSource,
    private readonly notify: ReloadListener,
  ) {
    this.files = new WatchedFiles(source.paths, () => this.reload());
  }

  get name(): ReloadedName {
    return this.source.name;
  }

  /** True while the files have a fault, and older ones hold. */
  get isStale(): boolean {
    return this.faulty;
  }

  /** Looks at the files from now on; `everyMs` 0: only when asked. */
  start(everyMs: number): Promise<void> {
    return this.files.start(everyMs);
  }

  stop(): void {
    this.files.stop();
  }

  /** Looks now; `force` reads them whether they changed or not. */
  check(options: { readonly force?: boolean } = {}): Promise<void> {
    return this.files.check(options);
  }

  private async reload(): Promise<void> {
    const faults = await Promise.resolve()
      .then(this.source.apply)
      .catch((error: unknown) => [String((error as { code?: unknown }).code ?? 'it cannot be used')]);
    this.faulty = faults.length > 0;
    this.notify(this.source.name, faults.slice(0, 10));
  }
}
