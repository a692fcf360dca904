/** The chain, its contracts, the account's money, the workers. @module */
import { parseEther } from "ethers";
import { ProtocolError } from "../../../protocol/errors.ts";
import { showAmount } from "../amount.ts";
import type { Cli } from "../cli.ts";
import { accountNames } from "../keystore.ts";
import { trustedMeasurements } from "../measurements.ts";
import { duration, moment } from "../../sdk/units.ts";
import type { Session } from "../session.ts";
import { workerView, type WorkerView } from "../../sdk/worker-view.ts";
import { check, fault, ok, skipped, type Check } from "./check.ts";

/** Enough for some dozens of transactions at 1 gwei. */
const GAS_MONEY = parseEther("0.005");
/** Seconds by which the chain's clock may differ before deadlines surprise people. */
const CLOCK_TOLERANCE = 120;
/** Seconds before its end at which evidence is to be renewed. */
const RENEW_BEFORE = 3 * 86_400;

export async function chainChecks(cli: Cli, session: Session): Promise<Check[]> {
  const contracts = await check(
    "contracts",
    async () => `the task manager is ${(await reached(session)).taskManager}`,
    "this is not the address of a deployment on this chain: get the right file, --deployment FILE",
  );
  const later = ["clock", "gas", "vault", "workers", "evidence", "measurements"];
  if (contracts.state !== "ok")
    return [contracts, ...later.map((name) => skipped(name, "not looked at: no contracts"))];
  return [
    contracts,
    await clock(session),
    ...(await money(cli, session)),
    ...(await workers(cli, session)),
  ];
}

/** An address without code answers nothing, which ethers calls by many names. */
async function reached({ ctx, place }: Session) {
  try {
    return (await ctx.contracts()).addresses;
  } catch (cause) {
    const name = place.deployment.contracts;
    throw new ProtocolError("NOT_FOUND", { what: "contracts at", name }, { cause });
  }
}

async function clock({ ctx }: Session): Promise<Check> {
  const time = (await ctx.provider.getBlock("latest"))?.timestamp ?? 0;
  const ahead = time - Date.now() / 1000;
  const says = `block time ${moment(time)}, ${duration(Math.abs(ahead))} ${ahead > 0 ? "ahead of" : "behind"} this machine`;
  if (Math.abs(ahead) <= CLOCK_TOLERANCE) return ok("clock", says);
  return fault(
    "clock",
    says,
    "deadlines count in block time; set this machine's clock, or wait for the node to catch up",
  );
}

async function money(cli: Cli, { client, ctx, provider }: Session): Promise<Check[]> {
  if (!accountNames(cli.home).includes(cli.globals.account))
    return ["gas", "vault"].map((name) => skipped(name, "no account"));
  const account = await ctx.account();
  const wei = await provider.getBalance(account);
  const free = await client.vault.balance();
  return [
    wei >= GAS_MONEY
      ? ok("gas", `${account} has ${wei} wei`)
      : fault(
          "gas",
          `GAS_LOW: ${account} has ${wei} wei`,
          `send it ${GAS_MONEY - wei} wei or more`,
        ),
    free > 0n
      ? ok("vault", await showAmount(ctx, free))
      : fault("vault", "BALANCE_LOW: nothing to pay fees with", "cloister vault deposit 100tok"),
  ];
}

async function workers(cli: Cli, { client, ctx }: Session): Promise<Check[]> {
  const registered = await client.worker.list();
  const views = await Promise.all(registered.map((worker) => workerView(ctx, client, worker)));
  if (views.length === 0)
    return [
      fault(
        "workers",
        "none is registered",
        "an operator runs: cloister worker init, register, start",
      ),
      ...["evidence", "measurements"].map((name) => skipped(name, "no workers")),
    ];
  const now = (await ctx.provider.getBlock("latest"))?.timestamp ?? 0;
  return [answering(views), evidence(views, now), measurements(cli, views)];
}

function answering(views: readonly WorkerView[]): Check {
  const silent = views.filter((view) => !view.answers).map(({ endpoint }) => endpoint);
  if (silent.length === 0) return ok("workers", `${views.length} answer`);
  return fault(
    "workers",
    `WORKER_UNREACHABLE: ${silent.join(", ")}`,
    "their operators run: cloister worker start --home HOME; others of the committee carry on meanwhile",
  );
}

const named = (views: readonly WorkerView[]): string =>
  views.map((view) => view.endpoint).join(", ");

function evidence(views: readonly WorkerView[], now: number): Check {
  const renewal = "its operator runs: cloister worker renew --home HOME";
  const wrong = views.filter(
    ({ fault: code }) => code === "EVIDENCE_INVALID" || code === "HASH_MISMATCH",
  );
  if (wrong.length > 0)
    return fault("evidence", `EVIDENCE_INVALID: ${named(wrong)}`, "seal nothing to it");
  const expired = views.filter((view) => view.validUntil < now);
  if (expired.length > 0) return fault("evidence", `EVIDENCE_EXPIRED: ${named(expired)}`, renewal);
  const soon = views.filter((view) => view.validUntil < now + RENEW_BEFORE);
  if (soon.length > 0)
    return fault("evidence", `expires within ${duration(RENEW_BEFORE)}: ${named(soon)}`, renewal);
  const first = Math.min(...views.map((view) => view.validUntil));
  return ok("evidence", `valid until ${moment(first)} at least`);
}

function measurements({ home }: Cli, views: readonly WorkerView[]): Check {
  const trusted = new Set<string>(trustedMeasurements(home));
  const unknown = new Set(
    views.map((view) => view.measurement).filter((measurement) => !trusted.has(measurement)),
  );
  if (unknown.size === 0) return ok("measurements", "you trust the enclave of every worker");
  const [first] = unknown;
  return fault(
    "measurements",
    `MEASUREMENT_UNKNOWN: ${[...unknown].join(", ")}`,
    `compare with \`cloister worker measurement\`, then: cloister trust add ${first}`,
  );
}
