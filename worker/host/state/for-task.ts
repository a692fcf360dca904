/** The state that a task reads, brought here, and the desk at which the enclave gets its nodes. @module */
import type { Hex } from "../../../protocol/bytes.ts";
import { ZERO_HASH } from "../../../protocol/bytes.ts";
import type { Collaboration } from "../../../protocol/receipt.ts";
import type { StateRecord } from "../../../protocol/state/record.ts";
import { otherEndpoints } from "../chain/endpoints.ts";
import type { ActPorts } from "../jobs/ports.ts";
import { StateDesk } from "./desk.ts";
import { ensureState, type StateName } from "./sync.ts";

export interface TaskState {
  readonly desk: StateDesk;
  /** Absent before the first version. */
  readonly state?: { readonly root: Hex; readonly record: StateRecord };
}

/** @throws ProtocolError NOT_FOUND when no worker gives the state */
export async function stateForTask(
  { view, store, enclave, self, log, signal }: ActPorts,
  collaboration: Collaboration,
  name: StateName,
): Promise<TaskState> {
  const endpoints = otherEndpoints(view, name.contract, self);
  const ports = { store, ask: enclave.ask, log, signal };
  const record = await ensureState(ports, name, collaboration, endpoints);
  const { contract, root } = name;
  const desk = new StateDesk({ store, log, signal }, { contract, root, endpoints });
  return { desk, ...(record && { state: { root, record } }) };
}

/** The version of a contract's state that is in force. */
export function stateInForce({ store }: Pick<ActPorts, "store">, contract: Hex): StateName {
  const advanced = store.events.advanced(contract)?.args;
  return { contract, version: advanced?.version ?? 0, root: advanced?.stateRoot ?? ZERO_HASH };
}
