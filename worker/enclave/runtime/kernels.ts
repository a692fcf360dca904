/** Kernels as a program reaches them: by name, outside its isolate, with handles in place of results. @module */
import { handleKinds, runKernel, type KernelProposal } from "../../../programs/kernels/kernels.ts";
import type { Handle } from "../../../protocol/program.ts";
import { programFailureOf, type CallFacts } from "./outcome.ts";
import type { Answer } from "./realm/asks.ts";

export class KernelRoom {
  readonly #facts: CallFacts;
  readonly #results: KernelProposal[] = [];

  constructor(facts: CallFacts) {
    this.#facts = facts;
  }

  /** Computes one kernel; `input` is the program's. */
  answer(name: string, input: unknown): Answer {
    if (!isKernel(name)) return { refused: "PARAMETER_INVALID" };
    try {
      const handle = this.#results.push(runKernel(this.#facts, name, input)) - 1;
      return {
        value: { handle, kind: handleKinds[name] } satisfies Handle<
          "groups" | "classes" | "predictions"
        >,
      };
    } catch (error) {
      const refused = programFailureOf(error);
      if (!refused) throw error;
      return { refused };
    }
  }

  /** What a proposal stands for: the kernel's result for a handle, itself for anything else. */
  exchange(proposal: unknown): unknown {
    if (typeof proposal !== "object" || proposal === null || !("handle" in proposal))
      return proposal;
    const { handle } = proposal;
    return (Number.isInteger(handle) && this.#results[handle as number]) || proposal;
  }
}

const isKernel = (name: string): name is keyof typeof handleKinds =>
  Object.hasOwn(handleKinds, name);
