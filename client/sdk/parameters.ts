/** Public parameters, checked before they cost a transaction. @module */
import { faultIn } from "../../protocol/closed-schema/fit.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import type { Json } from "../../protocol/json.ts";
import type { FunctionSpec } from "../../protocol/program.ts";

/**
 * Checks parameters by the function's schema, as every worker will. What depends on rows (more clusters than places) only the
 * program can see: it refuses with TABLE_TOO_SMALL.
 * @throws ProtocolError PARAMETER_INVALID with the path of the first fault
 */
export function expectParams(name: string, { params: schema }: FunctionSpec, params: Json): void {
  const misfit = faultIn(schema, params);
  if (misfit) throw new ProtocolError("PARAMETER_INVALID", { function: name, ...misfit });
}
