import { describe, expect, it } from "vitest";
import { ProtocolError } from "../../../protocol/errors.ts";
import { describeError } from "../../../worker/host/log.ts";

describe("what the log says about an error", () => {
  it("is its code and facts, when it is one of Cloister's", () => {
    const error = new ProtocolError("CANNOT_OPEN", { what: "data key of member 1" });
    const facts = { what: "data key of member 1" };
    expect(describeError(error)).toEqual({ code: "CANNOT_OPEN", facts });
  });

  it("is never the text of another one: it may quote what somebody sent", () => {
    const described = describeError(new TypeError("bad row: 51.5,-0.12"));
    expect(described).toMatchObject({ name: "TypeError" });
    expect(JSON.stringify(described)).not.toContain("51.5");
    expect(describeError("51.5")).toEqual({ name: "string" });
  });
});
