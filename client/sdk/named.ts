/** Refusals of the contracts, as people know them. @module */
import { hasCode, ProtocolError } from "../../protocol/errors.ts";
import { indicesOf } from "../../protocol/schema.ts";

/** A contract's refusal under the name users know it by; any other error as it is. */
export function named(error: ProtocolError): ProtocolError {
  if (!hasCode(error, "TRANSACTION_FAILED")) return error;
  const [, name, list] = /^(\w+)\((.*)\)$/.exec(error.facts.error) ?? [];
  const [first = "", second = "", third = ""] = list?.split(", ") ?? [];
  const options = { cause: error };
  switch (name) {
    case "ContractNotActive":
      return new ProtocolError("NOT_ACTIVE", { terms: first }, options);
    case "ContractIsPaused":
      return new ProtocolError("PAUSED", { terms: first, by: indicesOf(Number(second)) }, options);
    case "TermsUnknown":
      return new ProtocolError("NOT_FOUND", { what: "secret contract", name: first }, options);
    case "TaskUnknown":
      return new ProtocolError("NOT_FOUND", { what: "task", name: first }, options);
    case "DatasetUnknown":
      return new ProtocolError("NOT_FOUND", { what: "dataset", name: third }, options);
    case "MemberUnauthorized":
      return new ProtocolError("NOT_A_MEMBER", { account: third, terms: first }, options);
    case "VaultBalanceTooLow":
      return new ProtocolError(
        "BALANCE_LOW",
        { account: first, balance: second, needed: third },
        options,
      );
    case undefined:
    default:
      return error;
  }
}
