/** `worker start`: every part of a running worker, put together in one place. @module */
import type { Attestation, WorkerStatus } from "../../protocol/api.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { select } from "../../protocol/events.ts";
import { hashWorker } from "../../protocol/identity.ts";
import { protections } from "../../protocol/schema.ts";
import packageJson from "../../package.json" with { type: "json" };
import { Follower } from "./chain/follow.ts";
import { chainReader } from "./chain/reader.ts";
import { ChainView } from "./chain/view.ts";
import { dueTasks } from "./due.ts";
import { Eraser } from "./erasure/eraser.ts";
import type { Spawn } from "./enclave-process.ts";
import { BUILT_APP, type AppFiles } from "./http/app.ts";
import { startServer, type ServerPorts } from "./http/server.ts";
import { copyOf } from "./inbox/copies.ts";
import { Fetcher } from "./inbox/fetcher.ts";
import { Inbox } from "./inbox/inbox.ts";
import { Programs } from "./inbox/programs.ts";
import { JobLoop } from "./jobs/loop.ts";
import { Mailboxes } from "./jobs/mailbox.ts";
import { dropOrphans } from "./jobs/orphans.ts";
import { newJob } from "./jobs/records.ts";
import { memberIndex, release } from "./jobs/release.ts";
import { Keeper } from "./keeper.ts";
import { Metrics } from "./metrics.ts";
import { openParts, type Parts } from "./parts.ts";
import { Services } from "./services.ts";
import { StateGiver } from "./state/give.ts";
import { onAdvanced, onTakenBack } from "./state/versions.ts";
import { wait } from "./wait.ts";
import { isWished } from "./wish.ts";

export interface RunningWorker {
  readonly endpoint: string;
  readonly worker: Hex;
  /** Resolves when the operator wants it drained and nothing is left to finish. */
  readonly drained: Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts the worker of a home; resolves when it serves and has read the chain.
 * @param stop ends the start, when that happens before the worker runs
 * @throws ProtocolError as {@link openParts}
 */
export async function startWorker(
  home: string,
  spawn: Spawn,
  stop?: AbortSignal,
): Promise<RunningWorker> {
  const services = new Services();
  const abort = () => void services.close();
  stop?.addEventListener("abort", abort, { once: true });
  try {
    const parts = await openParts(services, home, spawn, true);
    parts.log.info({ confinement: parts.confinement }, "programs run confined");
    const node = await assemble(services, parts);
    while (!node.isHealthy() && (await wait(50, services.signal)));
    return {
      endpoint: parts.config.endpoint,
      worker: hashWorker(parts.self),
      drained: node.drained,
      close: () => services.close(),
    };
  } catch (cause) {
    await services.close();
    throw cause;
  } finally {
    stop?.removeEventListener("abort", abort);
  }
}

async function assemble(services: Services, parts: Parts) {
  const { config, contracts, deployment, enclave, log, paths, provider, self, sender, store } =
    parts;
  const view = new ChainView(deployment, store);
  const wake = later(() => loop.wake());
  const drained = Promise.withResolvers<void>();
  const isDraining = () => isWished(paths.drain);
  const keeper = new Keeper(parts, view);
  const inbox = new Inbox(
    { datasets: paths.datasets, quotaBytes: config.quotaBytes },
    { view, store, self, onArrival: wake },
  );
  const programs = new Programs({ view, store, onArrival: wake });
  const mailboxes = new Mailboxes({ view, store, onArrival: wake });
  const { secretContracts, taskManager, workerRegistry, programRegistry } = contracts.addresses;
  const addresses = [secretContracts, taskManager, workerRegistry, programRegistry];
  const follower = new Follower(config, {
    chain: chainReader(provider, config.rpc, addresses),
    events: store.events,
    log: log.child({ part: "follow" }),
    transaction: (act) => store.transaction(act),
    onEvents: (events) => {
      for (const { args } of select(events, "TaskProposed"))
        if (!store.jobs.get(args.taskId)) store.jobs.put(args.taskId, newJob());
      onAdvanced({ view, store }, events);
      eraser.onEvents(events);
    },
    onRollback: () => {
      dropOrphans(store, view);
      onTakenBack({ store });
      eraser.onRollback();
    },
    onLook: () => {
      keeper.look(follower.status().head?.time);
      eraser.look();
      fetcher.look();
      wake();
    },
  });
  const signal = services.signal;
  const common = { contracts, view, store, follower, sender, enclave, inbox, mailboxes, self };
  const eraser = new Eraser(config, { ...common, log: log.child({ part: "erase" }) });
  const fetcher = new Fetcher({ ...common, programs, log: log.child({ part: "fetch" }) });
  const loop = new JobLoop(config, {
    ...common,
    log: log.child({ part: "jobs" }),
    signal,
    isDraining,
    onDrained: () => drained.resolve(),
  });
  const metrics = new Metrics({
    chain: () => follower.status(),
    enclaveAlive: () => enclave.alive,
    jobs: () => loop.counts(),
    datasets: () => inbox.usage(),
    isDraining,
    evidenceSeconds: () => keeper.expiry(follower.status().head?.time)?.secondsLeft ?? 0,
    due: () => dueTasks(view, store, self).length,
  });
  const health = () => {
    const { reachable: rpc, synced } = follower.status();
    return { ok: rpc && synced && enclave.alive, rpc, synced, enclave: enclave.alive };
  };
  const app = appOf(parts);
  const ports: ServerPorts = {
    ...(app && { app }),
    log: log.child({ part: "http" }),
    inbox,
    eraser,
    copy: (dataset, from, ticket) => copyOf({ view, store, inbox }, dataset, from, ticket),
    programs,
    mailboxes,
    result: (task, party) =>
      release({ view, store, enclave }, task, memberIndex(view, task, party)),
    receipt: (task) => view.receipt(task),
    states: new StateGiver(store),
    attestation: () => attestationOf(parts, view),
    status: () => ({
      ...statusOf(parts, view, follower, loop, inbox),
      ...keeper.status(follower.status().head?.time),
      draining: isDraining(),
      due: dueTasks(view, store, self),
    }),
    health,
    metrics: () => metrics.text(),
    onResponse: (route, status, seconds) => metrics.request(route, status, seconds),
  };
  await services.start(() => inbox.start());
  await services.start(() => eraser.start());
  await services.start(() => fetcher);
  await services.start(() => loop);
  await services.start(() => follower.start());
  await services.start(() => startServer({ ...config, version: packageJson.version }, ports));
  if (isDraining()) log.warn({ next: "cloister worker drain --undo" }, "draining");
  return { isHealthy: () => health().ok, drained: drained.promise };
}

/** The web app, when the operator named a node for it. */
function appOf({ config, store }: Parts): AppFiles | undefined {
  const { appRpc: rpc, chainId, contracts: secretContracts, fromBlock, confirmations } = config;
  if (rpc === undefined) return undefined;
  return {
    folder: BUILT_APP,
    prefix: "/app/",
    deployment: { chainId, secretContracts, rpc, fromBlock, confirmations },
    workers: () => store.events.named("WorkerRegistered").map(({ args }) => args.endpoint),
  };
}

function attestationOf({ self }: Parts, view: ChainView): Attestation {
  const worker = hashWorker(self);
  const registered = view.registration(worker);
  if (!registered) throw new ProtocolError("NOT_FOUND", { what: "registration of", name: worker });
  const { keys, operator, epoch, kind, evidence, protection } = registered.args;
  return {
    worker,
    keys,
    operator,
    registry: registered.address,
    epoch,
    kind,
    evidence,
    protection: protections[protection] ?? "none",
  };
}

function statusOf(
  { config, deployment, self, sender }: Parts,
  view: ChainView,
  follower: Follower,
  loop: JobLoop,
  inbox: Inbox,
): WorkerStatus {
  const { head, block } = follower.status();
  const worker = hashWorker(self);
  const protection = view.registration(worker)?.args.protection;
  return {
    version: packageJson.version,
    worker,
    operator: sender.address,
    protection: protection === undefined ? config.tee : (protections[protection] ?? "none"),
    measurement: self.measurement,
    chain: { ...deployment, block: Math.max(0, block), head: head?.number ?? 0 },
    jobs: loop.counts(),
    datasets: inbox.usage(),
  };
}

/** Runs `act` soon, once for however many calls, and never inside whatever called: that may be a transaction. */
function later(act: () => void): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    setImmediate(() => {
      waiting = false;
      act();
    });
  };
}
