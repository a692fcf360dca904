/** Public parameters, checked before they cost a transaction. @module */
import { Errors } from "typebox/schema";
import { ProtocolError } from "../../protocol/errors.ts";
import type { Json } from "../../protocol/json.ts";
import type { FunctionSpec } from "../../protocol/program.ts";

/**
 * Checks parameters by the function's JSON Schema, as every worker will. What depends on rows (more clusters than places) only the
 * program can see: it refuses with TABLE_TOO_SMALL.
 * @throws ProtocolError PARAMETER_INVALID with the path of the first fault
 */
export function expectParams(name: string, spec: FunctionSpec, params: Json): void {
  const [valid, [fault]] = Errors(spec.params as object, params);
  if (valid) return;
  // An extra field fails twice: as `false`, the schema of extra fields, and as a fault of its object.
  const reason = fault?.keyword === "boolean" ? "is not known" : (fault?.message ?? "is not valid");
  const at = fault?.instancePath || "/";
  throw new ProtocolError("PARAMETER_INVALID", { function: name, at, reason });
}
