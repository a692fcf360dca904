/** The enclave's answers to the host, one for each message of `boundary.ts`. @module */
import { ZERO_HASH, type Hex } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { hashBinding, hashModule, hashSeal } from "../../protocol/identity.ts";
import { committeeHash, hashTerms } from "../../protocol/typed-data.ts";
import { manifestOf, verifyTerms } from "../../protocol/verify.ts";
import type { MessageIn, MessageName, MessageOut } from "../boundary.ts";
import type { EnclaveKeys } from "./custody/keys.ts";
import type { Platform } from "./custody/platform.ts";
import type { SealedFile } from "./custody/sealed-file.ts";
import {
  admitProposal,
  admitSealed,
  committeeIndex,
  taskIdOf,
  type Identity,
} from "./open/admission.ts";
import { Inputs } from "./open/inputs.ts";
import { openContractSecret } from "./open/shares.ts";
import { gatherInputs } from "./open/task-inputs.ts";
import type { AskHost } from "./pipe.ts";
import { releaseOutput } from "./release-output.ts";
import { runTask } from "./run-task.ts";
import type { Guest } from "./runtime/outcome.ts";
import { Signer } from "./sign/signer.ts";
import { NodeCache } from "./state/cache.ts";
import { keepNodes, nodesOf } from "./state/host.ts";
import { openState } from "./state/open-state.ts";

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
  /** Datasets that were erased and are remembered. */
  readonly maxErased: number;
}

export interface EnclaveParts {
  readonly platform: Platform;
  readonly keys: EnclaveKeys;
  readonly sealed: SealedFile;
  readonly measurement: Hex;
  readonly limits: EnclaveLimits;
  readonly guest: Guest;
  /** What is in force around a guest's process. */
  readonly confinement: readonly string[];
  /** Nodes of private states come from the host while it waits for an answer. */
  readonly host: AskHost;
}

/** Bytes of opened nodes kept in memory. */
const STATE_CACHE = 64 * 2 ** 20;

/** Builds the handlers over the enclave's parts. */
export function enclaveService({
  platform,
  keys,
  sealed,
  measurement,
  limits,
  guest,
  confinement,
  host,
}: EnclaveParts): Handlers {
  const self: Identity = {
    signer: keys.signer,
    sealingKey: keys.sealingKey,
    measurement,
    protection: platform.protection,
  };
  const inputs = new Inputs(keys, limits, (name) => sealed.hasErased(name));
  const signer = new Signer(keys.signingKey);
  const modules = new Map<string, Uint8Array>();
  const states = { cache: new NodeCache(STATE_CACHE), host: nodesOf(host) };

  const moduleOf = (hash: Hex): Uint8Array => {
    const module = modules.get(hash);
    if (!module) throw new ProtocolError("NOT_LOADED", { hashes: [hash] });
    return module;
  };

  return {
    describe: () => ({
      json: {
        signer: keys.signer,
        sealingKey: keys.sealingKey,
        measurement,
        kind: platform.kind,
        confinement: [...confinement],
      },
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

    erase: async ({ deployment, ...name }) => {
      // Forgotten and remembered as erased before a word is signed about it.
      inputs.erase(name);
      await sealed.erase(name, limits.maxErased);
      const signature = signer.erasure(deployment, { ...name, sealingKey: keys.sealingKey });
      return { json: { signature } };
    },

    state: async ({ collaboration: c, root, record }) => {
      const by = committeeIndex(c, self);
      const terms = hashTerms(c.deployment, c.terms);
      verifyTerms(c, terms);
      const secret = await openContractSecret(c, terms, by, keys.openingKey);
      await openState(secret, states, { version: record.version, root }, record);
      return { json: {} };
    },

    ready: async ({ collaboration: c, question: q, state }) => {
      const by = admitProposal(c, q, self);
      gatherInputs(manifestOf(c), q, inputs);
      moduleOf(c.moduleHash);
      const secret = await openContractSecret(c, q.task.terms, by, keys.openingKey);
      if (state) {
        const { root, record } = state;
        const known = await openState(secret, states, { version: record.version, root }, record);
        if (known.node !== ZERO_HASH) await known.nodes.read(known.node);
      }
      const signature = signer.ready(c.deployment, taskIdOf(c, q), committeeHash(c.committee));
      return { json: { by, signature } };
    },

    run: async ({ collaboration: c, question: q, sealing, state: record }) => {
      const by = admitSealed(c, q, sealing, self);
      const sealDigest = hashSeal(sealing.seal);
      const manifest = manifestOf(c);
      const { verdict, held, tree } = await runTask(
        {
          collaboration: c,
          question: q,
          seal: sealing.seal,
          manifest,
          module: moduleOf(c.moduleHash),
          inputs: gatherInputs(manifest, q, inputs),
          maxOutput: limits.maxOutput,
        },
        () => openContractSecret(c, q.task.terms, by, keys.openingKey),
        (secret) => {
          const { version, stateRoot: root } = sealing.seal;
          return openState(secret, states, { version, root }, record);
        },
        guest,
      );
      if (tree) await keepNodes(host, tree.written);
      const signed = signer.result(c.deployment, sealDigest, verdict);
      return {
        json: {
          by,
          ...signed,
          ...(tree && { state: { record: tree.record, dropped: [...tree.dropped] } }),
        },
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
