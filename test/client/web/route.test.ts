import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hrefOf, parseRoute, type Route } from "../../../client/web/route.ts";

const hash = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => `0x${Buffer.from(bytes).toString("hex")}` as const);
const routes: fc.Arbitrary<Route> = fc.oneof(
  fc.constantFrom<Route>(
    { page: "home" },
    { page: "you" },
    { page: "new" },
    { page: "audits" },
    { page: "workers" },
  ),
  hash.chain((terms) =>
    fc.constantFrom<Route>(
      { page: "contract", terms },
      { page: "contribute", terms },
      { page: "ask", terms },
    ),
  ),
  hash.chain((task) =>
    fc.constantFrom<Route>(
      { page: "task", task },
      { page: "result", task },
      { page: "audit", task },
    ),
  ),
  hash.map((worker): Route => ({ page: "worker", worker })),
);

describe("addresses", () => {
  it("lead back to the page they were made for", () => {
    fc.assert(
      fc.property(routes, (route) => {
        expect(parseRoute(hrefOf(route))).toEqual(route);
      }),
    );
  });

  it("of anything else are a missing page or one of ours, never a throw", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(hrefOf(parseRoute(text))).toMatch(/^#\/[a-z]*(\/0x[0-9a-f]{64}(\/[a-z]+)?)?$/);
      }),
    );
  });

  it.each(["#/contract", "#/contract/0x12", "#/task/../you", "#/you/x", "#/contract//contribute"])(
    "%s is no page",
    (address) => {
      expect(parseRoute(address)).toEqual({ page: "missing" });
    },
  );
});
