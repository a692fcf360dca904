import { parseUnits } from "ethers";
import { describe, expect, it } from "vitest";
import { feesFor, raised } from "../../../protocol/chain/fees.ts";

const gwei = (text: string) => parseUnits(text, "gwei");
const proposed = {
  maxFeePerGas: gwei("21"),
  maxPriorityFeePerGas: gwei("1"),
  gasPrice: gwei("11"),
};
const legacy = { maxFeePerGas: null, maxPriorityFeePerGas: null, gasPrice: gwei("11") };

describe("fees", () => {
  it("are the node's when nothing is said", () => {
    const { maxFeePerGas, maxPriorityFeePerGas, gasPrice } = proposed;
    expect(feesFor(proposed, {})).toEqual({ type: 2, maxFeePerGas, maxPriorityFeePerGas });
    expect(feesFor(legacy, {})).toEqual({ type: 0, gasPrice });
  });

  it("stay below the most that is paid, the tip too", () => {
    expect(feesFor(proposed, { maxFeePerGas: 0.5 })).toEqual({
      type: 2,
      maxFeePerGas: gwei("0.5"),
      maxPriorityFeePerGas: gwei("0.5"),
    });
    expect(feesFor(legacy, { maxFeePerGas: 2 })).toEqual({ type: 0, gasPrice: gwei("2") });
    expect(feesFor(legacy, { maxFeePerGas: 50 })).toEqual({ type: 0, gasPrice: gwei("11") });
  });

  it("hold the tip that was chosen on top of what blocks cost", () => {
    expect(feesFor(proposed, { maxPriorityFeePerGas: 3.25 })).toEqual({
      type: 2,
      maxFeePerGas: gwei("23.25"),
      maxPriorityFeePerGas: gwei("3.25"),
    });
    expect(feesFor(legacy, { maxPriorityFeePerGas: 3 })).toEqual({ type: 0, gasPrice: gwei("11") });
  });

  it("of a replacement are a tenth higher at least, the tip too, also when it was chosen", () => {
    const prices = { maxPriorityFeePerGas: 3 };
    const first = { ...proposed, ...feesFor(proposed, prices) };
    const second = { ...proposed, ...raised(first, prices) };
    expect(second.maxFeePerGas * 10n).toBeGreaterThan(first.maxFeePerGas * 11n);
    expect(second.maxPriorityFeePerGas * 10n).toBeGreaterThan(first.maxPriorityFeePerGas * 11n);
    expect(raised(first, { maxFeePerGas: 23 })).toMatchObject({ maxFeePerGas: gwei("23") });
    expect(raised({ ...legacy, gasPrice: gwei("8") }, {})).toEqual({
      type: 0,
      gasPrice: gwei("10") + 1n,
    });
  });
});
