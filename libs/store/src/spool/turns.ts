/** A place in the line of those who have the same name. */
export interface Turn {
  /** Resolves when all that took a turn before have ended theirs. */
  readonly comes: Promise<void>;
  /** Lets the next one go. */
  end(): void;
}

/** Lines up what has the same name; what has another name does not wait. */
export class Turns {
  private readonly last = new Map<string, Promise<void>>();

  take(name: string): Turn {
    const comes = this.last.get(name) ?? Promise.resolve();
    let over!: () => void;
    const mine = new Promise<void>((resolve) => (over = resolve));
    this.last.set(name, mine);
    const end = (): void => {
      if (this.last.get(name) === mine) this.last.delete(name);
      over();
    };
    return { comes, end };
  }

  /** Does work when its turn comes; the next one goes however it ends. */
  async do(name: string, work: () => Promise<void>): Promise<void> {
    const turn = this.take(name);
    await turn.comes;
    try {
      await work();
    } finally {
      turn.end();
    }
  }
}
