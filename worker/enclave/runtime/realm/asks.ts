/** What a program asks for from inside: questions wait here until the guest's process fetches them, and nothing reaches out. @module */

export interface Ask {
  /** `state.get` or `kernels.kMeans`. */
  readonly what: string;
  readonly args: readonly unknown[];
}
/** `value` is absent for `undefined`; `refused` carries a word that a program may throw on. */
export interface Answer {
  readonly value?: unknown;
  readonly refused?: string;
}

export class Asks {
  #open: PromiseWithResolvers<unknown>[] = [];
  #questions: Ask[] = [];

  readonly put = (what: string, args: readonly unknown[]): Promise<unknown> => {
    const waiting = Promise.withResolvers<unknown>();
    // Made JSON here and now: what the program does to its arguments afterwards is not asked.
    const text = JSON.stringify(args, (_, value: unknown) => {
      if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError("not JSON");
      return value;
    });
    this.#questions.push({ what, args: JSON.parse(text) as unknown[] });
    this.#open.push(waiting);
    return waiting.promise;
  };

  /** Questions since the last time, in their order. */
  fetch(): readonly Ask[] {
    return this.#questions.splice(0);
  }

  /** Answers to all that was fetched, in the same order: which one comes first never depends on how long it took. */
  answer(answers: readonly Answer[]): void {
    const open = this.#open.splice(0, answers.length);
    for (const [i, { value, refused }] of answers.entries()) {
      if (refused === undefined) open[i]?.resolve(value);
      else open[i]?.reject(Object.assign(new TypeError(refused), { code: refused }));
    }
  }
}
