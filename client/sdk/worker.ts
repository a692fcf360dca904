/**
 * Workers, as a party sees them. The registry is a directory: what counts is the evidence, and this client verifies it against its
 * own list of measurements before it encrypts anything.
 * @module
 */
import { Attestation } from "../../protocol/api.ts";
import type { Address, Hex } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { verifyRegistration, type Registration } from "../../protocol/evidence.ts";
import { hashWorker } from "../../protocol/identity.ts";
import {
  protections,
  type CommitteeWorker,
  type Protection,
  type Terms,
} from "../../protocol/schema.ts";
import type { Context } from "./context.ts";
import { requestJson } from "./http.ts";
import { blockTime, workerEvents } from "./ledger.ts";

/** One registration, the latest of a worker. */
export interface RegisteredWorker {
  readonly id: Hex;
  readonly keys: CommitteeWorker;
  readonly operator: Address;
  /** Base URL of its HTTP interface. */
  readonly endpoint: string;
  readonly protection: Protection;
  /** Block time in Unix seconds after which it must have registered again. */
  readonly validUntil: number;
}

/** Evidence and what it is to prove. */
interface Claim extends RegisteredWorker, Registration {}

/** Every registered worker, verified or not. */
async function list(ctx: Context): Promise<RegisteredWorker[]> {
  const latest = new Map((await claims(ctx)).map((claim) => [claim.id, claim]));
  return [...latest.values()].map(published);
}

/**
 * Verifies a worker: its evidence is genuine, binds its keys, operator and this deployment, proves code this client trusts, and
 * has not expired.
 * @param worker id, or endpoint: then its own attestation is asked for
 * @throws ProtocolError NOT_FOUND, EVIDENCE_INVALID, HASH_MISMATCH, MEASUREMENT_UNKNOWN, EVIDENCE_EXPIRED, SIMULATED_REFUSED
 */
async function verify(ctx: Context, worker: string): Promise<RegisteredWorker> {
  const claim = /^0x[0-9a-f]{64}$/.test(worker)
    ? await registered(ctx, worker as Hex)
    : await attested(ctx, worker);
  await check(ctx, claim);
  return published(claim);
}

/**
 * Verifies every worker of a committee. Nothing is encrypted to any of them before all have passed.
 * @param minProtection the least that the terms demand
 * @throws ProtocolError as {@link verify}, PROTECTION_TOO_LOW
 */
export async function verifyCommitteeWorkers(
  ctx: Context,
  workers: readonly CommitteeWorker[],
  { minProtection }: Pick<Terms, "minProtection">,
): Promise<RegisteredWorker[]> {
  const all = await claims(ctx, workers);
  const found = workers.map((keys) => latestOf(all, hashWorker(keys)));
  const offers = await Promise.all(found.map((claim) => check(ctx, claim)));
  for (const offered of offers)
    if (protections.indexOf(offered) < minProtection)
      throw new ProtocolError("PROTECTION_TOO_LOW", {
        offered,
        demanded: protections[minProtection] ?? "unknown",
      });
  return found.map(published);
}

/** Where each committee worker is reached; without its registration it is left out. */
export async function endpointsOf(
  ctx: Context,
  workers: readonly CommitteeWorker[],
): Promise<string[]> {
  const latest = new Map((await claims(ctx, workers)).map((claim) => [claim.id, claim.endpoint]));
  return workers.flatMap((keys) => latest.get(hashWorker(keys)) ?? []);
}

/** @returns the protection that the evidence proves, whatever the registry says */
async function check(ctx: Context, claim: Claim): Promise<Protection> {
  const { id, keys } = claim;
  const facts = verifyRegistration(ctx.deployment, keys, claim, `worker ${id}`);
  if (!ctx.trust.measurements.includes(facts.measurement))
    throw new ProtocolError("MEASUREMENT_UNKNOWN", { measurement: facts.measurement });
  const { validUntil } = claim;
  if (validUntil < (await blockTime(ctx)))
    throw new ProtocolError("EVIDENCE_EXPIRED", { worker: id, validUntil });
  if (facts.protection !== "hardware" && !ctx.trust.acceptSimulated)
    throw new ProtocolError("SIMULATED_REFUSED", { worker: id });
  return facts.protection;
}

/** Registrations with their evidence, in chain order. */
async function claims(
  ctx: Context,
  workers?: readonly (CommitteeWorker | Hex)[],
): Promise<Claim[]> {
  const events = await workerEvents(ctx, workers);
  return events.map(({ address, args }) => ({
    id: args.worker,
    keys: args.keys,
    operator: args.operator,
    endpoint: args.endpoint,
    protection: protections[args.protection] ?? "none",
    validUntil: args.validUntil,
    registry: address,
    epoch: args.epoch,
    kind: args.kind,
    evidence: args.evidence,
  }));
}

function latestOf(all: readonly Claim[], id: Hex): Claim {
  const found = all.findLast((claim) => claim.id === id);
  if (!found) throw new ProtocolError("NOT_FOUND", { what: "worker", name: id });
  // The event is the RPC node's word; the id is a hash of the keys, so at least these belong together.
  expectSame("worker id", hashWorker(found.keys), id);
  return found;
}

const registered = async (ctx: Context, id: Hex): Promise<Claim> =>
  latestOf(await claims(ctx, [id]), id);

/** A worker's own word, which the chain must know. */
async function attested(ctx: Context, endpoint: string): Promise<Claim> {
  const own = await requestJson(ctx, endpoint, "/v1/attestation", Attestation);
  const { addresses } = await ctx.contracts();
  expectSame("registry in the attestation", own.registry, addresses.workerRegistry);
  expectSame("worker id in the attestation", own.worker, hashWorker(own.keys));
  const { validUntil, protection } = await registered(ctx, own.worker);
  const { worker: id, keys, operator, registry, epoch, kind, evidence } = own;
  return { id, keys, operator, registry, epoch, kind, evidence, endpoint, protection, validUntil };
}

const published = (claim: Claim): RegisteredWorker => {
  const { id, keys, operator, endpoint, protection, validUntil } = claim;
  return { id, keys, operator, endpoint, protection, validUntil };
};

function expectSame(what: string, actual: string, expected: string): void {
  if (actual !== expected) throw new ProtocolError("HASH_MISMATCH", { what, expected, actual });
}

export const workerVerbs = { list, verify };
