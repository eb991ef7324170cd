/** Counts what is under way, so that its end can be awaited. */
export class UnderWay {
  #count = 0;
  #ended: (() => void) | undefined;

  begin(): void {
    this.#count++;
  }

  end(): void {
    if (--this.#count === 0) this.#ended?.();
  }

  /** Resolves when nothing is under way. For one who waits. */
  async quiet(): Promise<void> {
    if (this.#count === 0) return;
    await new Promise<void>((resolve) => {
      this.#ended = resolve;
    });
  }
}
