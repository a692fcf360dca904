/**
 * What `import ... from "cloister"` gives to whoever writes a program: the types of its context, and the few functions that every
 * program needs. It is bundled with the program.
 * @module
 */
export type {
  Aggregate,
  Handle,
  Kernels,
  MemberTable,
  Method,
  Program,
  ProgramContext,
  ProgramFunction,
  ProgramMember,
  ProgramState,
  ProgramTask,
  Proposal,
  ProposedValue,
  Table,
} from "../protocol/program.ts";
export type { Json } from "../protocol/json.ts";
export { integersOf, only, textsOf } from "./kernels/cells.ts";
export { digitsOf } from "./kernels/digits.ts";
export { ProgramFailure } from "./kernels/failure.ts";
