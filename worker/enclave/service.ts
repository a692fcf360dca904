/** The enclave's answers to the host, one for each message of `boundary.ts`. @module */
import type { Hex } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { hashBinding, hashModule, hashSeal } from "../../protocol/identity.ts";
import { committeeHash } from "../../protocol/typed-data.ts";
import { manifestOf } from "../../protocol/verify.ts";
import type { MessageIn, MessageName, MessageOut } from "../boundary.ts";
import type { EnclaveKeys } from "./custody/keys.ts";
import type { Platform } from "./custody/platform.ts";
import { admitProposal, admitSealed, taskIdOf, type Identity } from "./open/admission.ts";
import { Inputs } from "./open/inputs.ts";
import { openContractSecret } from "./open/shares.ts";
import { gatherInputs } from "./open/task-inputs.ts";
import { releaseOutput } from "./release-output.ts";
import { runTask, type Guest } from "./run-task.ts";
import { Signer } from "./sign/signer.ts";

/** An answer and its attachment. */
export interface Answer<N extends MessageName> {
  readonly json: MessageOut<N>;
  readonly attachment?: Uint8Array;
}
export type Handlers = {
  readonly [N in MessageName]: (
    message: MessageIn<N>,
    attachment: Uint8Array,
  ) => Answer<N> | Promise<Answer<N>>;
};

export interface EnclaveLimits {
  /** Bytes of opened inputs in memory. */
  readonly maxBytes: number;
  /** Rows of one dataset. */
  readonly maxRows: number;
  /** Bytes of output. */
  readonly maxOutput: number;
  /** Program modules kept. */
  readonly maxModules: number;
}

export interface EnclaveParts {
  readonly platform: Platform;
  readonly keys: EnclaveKeys;
  readonly measurement: Hex;
  readonly limits: EnclaveLimits;
  readonly guest: Guest;
}

/** Builds the handlers over the enclave's parts. */
export function enclaveService({
  platform,
  keys,
  measurement,
  limits,
  guest,
}: EnclaveParts): Handlers {
  const self: Identity = {
    signer: keys.signer,
    sealingKey: keys.sealingKey,
    measurement,
    protection: platform.protection,
  };
  const inputs = new Inputs(keys, limits);
  const signer = new Signer(keys.signingKey);
  const modules = new Map<string, Uint8Array>();

  const moduleOf = (hash: Hex): Uint8Array => {
    const module = modules.get(hash);
    if (!module) throw new ProtocolError("NOT_LOADED", { hashes: [hash] });
    return module;
  };

  return {
    describe: () => ({
      json: { signer: keys.signer, sealingKey: keys.sealingKey, measurement, kind: platform.kind },
    }),

    attest: ({ blockNumber, blockHash, ...facts }) => {
      const binding = hashBinding({ ...facts, signer: keys.signer, sealingKey: keys.sealingKey });
      const evidence = platform.evidence({ measurement, binding, blockNumber, blockHash });
      return { json: { kind: platform.kind, evidence } };
    },

    program: (_, module) => {
      const moduleHash = hashModule(module);
      modules.delete(moduleHash);
      modules.set(moduleHash, module.slice());
      const [oldest] = modules.keys();
      if (modules.size > limits.maxModules && oldest) modules.delete(oldest);
      return { json: { moduleHash } };
    },

    load: (claim, preamble) => ({ json: { held: inputs.begin(claim, preamble) } }),
    chunk: async (_, bytes) => {
      await inputs.chunk(bytes);
      return { json: {} };
    },
    loaded: async () => {
      await inputs.end();
      return { json: {} };
    },
    forget: ({ dataset }) => {
      inputs.forget(dataset);
      return { json: {} };
    },

    ready: async ({ collaboration: c, question: q }) => {
      const by = admitProposal(c, q, self);
      gatherInputs(manifestOf(c), q, inputs);
      moduleOf(c.moduleHash);
      await openContractSecret(c, q.task.terms, by, keys.openingKey);
      const signature = signer.ready(c.deployment, taskIdOf(c, q), committeeHash(c.committee));
      return { json: { by, signature } };
    },

    run: async ({ collaboration: c, question: q, sealing }) => {
      const by = admitSealed(c, q, sealing, self);
      const sealDigest = hashSeal(sealing.seal);
      const manifest = manifestOf(c);
      const { verdict, held } = await runTask(
        {
          collaboration: c,
          question: q,
          sealDigest,
          manifest,
          module: moduleOf(c.moduleHash),
          inputs: gatherInputs(manifest, q, inputs),
          maxOutput: limits.maxOutput,
        },
        () => openContractSecret(c, q.task.terms, by, keys.openingKey),
        guest,
      );
      const signed = signer.result(c.deployment, sealDigest, verdict);
      return {
        json: { by, ...signed },
        attachment: held.length > 0 ? await keys.held.seal(held, sealDigest) : held,
      };
    },

    abstain: ({ collaboration: c, question: q, sealing, reason }) => {
      const by = admitSealed(c, q, sealing, self);
      const verdict = { kind: "abstention", reason } as const;
      return { json: { by, ...signer.result(c.deployment, hashSeal(sealing.seal), verdict) } };
    },

    release: async ({ collaboration: c, question: q, sealing, results, recipient }, kept) => {
      admitSealed(c, q, sealing, self);
      const held = await keys.held.open(kept, hashSeal(sealing.seal));
      const facts = { collaboration: c, question: q, sealing, results, recipient, held };
      const envelope = await releaseOutput({ ...facts, signingKey: keys.signingKey });
      return { json: {}, attachment: envelope };
    },
  };
}
