import { describe, expect, it } from "vitest";
import { EvidenceWatch, expiryOf } from "../../../worker/host/evidence.ts";
import type { Log } from "../../../worker/host/log.ts";

const DAY = 86_400;
const end = 100 * DAY;
const expiry = (daysLeft: number) => expiryOf(end, end - daysLeft * DAY, "renew it");

describe("evidence", () => {
  it("names the command from seven days before its end on", () => {
    expect(expiry(7)).toEqual({ validUntil: end, secondsLeft: 7 * DAY });
    expect(expiry(6.9)).toMatchObject({ next: "renew it" });
    expect(expiry(-1)).toMatchObject({ secondsLeft: -DAY, next: "renew it" });
  });

  it("is warned about every six hours, and no more once it is renewed", () => {
    const said: unknown[] = [];
    const watch = new EvidenceWatch({
      warn: (facts: object, text: string) => said.push([facts, text]),
    } as unknown as Log);
    for (const days of [8, 6, 5.9, 5.75, 5.7, -1]) watch.look(expiry(days));
    expect(said).toEqual([
      [expiry(6), "evidence expires soon"],
      [expiry(5.75), "evidence expires soon"],
      [expiry(-1), "evidence has expired"],
    ]);
    watch.look(expiryOf(2 * end, end, "renew it"));
    expect(said).toHaveLength(3);
  });
});
