/** Parts of a process, started in order and closed in reverse. @module */

/** Something that runs until it is closed. */
export interface Service {
  close(): Promise<void> | void;
}

export class Services {
  readonly #running: Service[] = [];
  readonly #stop = new AbortController();

  /** Aborted when closing begins: whoever waits stops waiting. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Starts a part; one that fails closes those before it, in reverse, and passes its error on. */
  async start<S extends Service>(start: (signal: AbortSignal) => Promise<S> | S): Promise<S> {
    try {
      const service = await start(this.#stop.signal);
      this.#running.push(service);
      return service;
    } catch (cause) {
      await this.close();
      throw cause;
    }
  }

  /** Closes what was started, last first. A part that fails to close does not keep the others open. */
  async close(): Promise<void> {
    this.#stop.abort();
    const failures: unknown[] = [];
    for (let service = this.#running.pop(); service; service = this.#running.pop()) {
      try {
        await service.close();
      } catch (failure) {
        failures.push(failure);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "a part did not close");
  }
}
