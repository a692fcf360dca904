/** How a program fails on purpose: deterministically, with a word out of a closed list. @module */

/** What a program may say; the runtime passes it on as the reason of the signed failure. */
export type ProgramFailureCode = "PARAMETER_INVALID" | "TABLE_TOO_SMALL";

/**
 * Thrown by programs and kernels. It carries a code and no text of its own: a message could carry a cell of a table
 * past the gate, a code cannot.
 */
export class ProgramFailure extends Error {
  override readonly name = "ProgramFailure";
  readonly code: ProgramFailureCode;

  constructor(code: ProgramFailureCode) {
    super(code);
    this.code = code;
  }
}
