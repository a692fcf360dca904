/** Keeps the registration good: warns before the evidence expires, and renews it when the operator asks. @module */
import type { Expiry } from "../../protocol/api.ts";
import { hashWorker } from "../../protocol/identity.ts";
import type { ChainView } from "./chain/view.ts";
import { attestAndRegister } from "./commands/register.ts";
import { EvidenceWatch, expiryOf } from "./evidence.ts";
import { describeError } from "./log.ts";
import type { Parts } from "./parts.ts";
import { isWished, unwish } from "./wish.ts";

export class Keeper {
  readonly #parts: Parts;
  readonly #view: ChainView;
  readonly #watch: EvidenceWatch;
  #isRenewing = false;

  constructor(parts: Parts, view: ChainView) {
    this.#parts = parts;
    this.#view = view;
    this.#watch = new EvidenceWatch(parts.log.child({ part: "keep" }));
  }

  /**
   * How long the evidence is good; undefined while there is none, or no block was seen.
   * @param command as the log may name it; what is public does not say where the home lies
   */
  expiry(now: number | undefined, command = "cloister worker renew"): Expiry | undefined {
    const registered = this.#view.registration(hashWorker(this.#parts.self));
    if (!registered || now === undefined) return undefined;
    return expiryOf(registered.args.validUntil, now, command);
  }

  /** The part of `GET /v1/status` that is about evidence. */
  status(now: number | undefined): { evidence?: Expiry } {
    const evidence = this.expiry(now);
    return evidence ? { evidence } : {};
  }

  /** Once for each look at the chain. */
  look(now: number | undefined): void {
    const { paths } = this.#parts;
    const evidence = this.expiry(now, `cloister worker renew --home ${paths.home}`);
    if (evidence) this.#watch.look(evidence);
    if (isWished(paths.renew) && !this.#isRenewing) void this.#renew();
  }

  /** One try: who asked reads from the chain whether it worked. */
  async #renew(): Promise<void> {
    const { log, paths } = this.#parts;
    this.#isRenewing = true;
    try {
      const { epoch } = await attestAndRegister(this.#parts, 0n);
      log.info({ epoch }, "renewed");
    } catch (error) {
      log.error(describeError(error), "not renewed");
    } finally {
      unwish(paths.renew);
      this.#isRenewing = false;
    }
  }
}
