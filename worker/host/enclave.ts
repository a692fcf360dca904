/**
 * The enclave, as its host talks to it: one request at a time over its pipe, answers checked against the boundary's shapes. A dead
 * enclave fails what was asked of it and is started again for the next request; it holds nothing that the host could not load again.
 * @module
 */
import { ProtocolError } from "../../protocol/errors.ts";
import { parseShape } from "../../protocol/schema.ts";
import {
  asks,
  messages,
  type AskName,
  type MessageIn,
  type MessageName,
  type MessageOut,
} from "../boundary.ts";
import type { Frame } from "../frames.ts";
import type { Hex } from "../../protocol/bytes.ts";
import type { SealedNode } from "../../protocol/state/seal.ts";
import { answerOf, questionIn } from "./enclave-answer.ts";
import { EnclaveProcess, type Spawn } from "./enclave-process.ts";
import type { Log } from "./log.ts";
import type { Service } from "./services.ts";
import { backoff, wait } from "./wait.ts";

export interface EnclaveAnswer<N extends MessageName> {
  readonly json: MessageOut<N>;
  readonly attachment: Uint8Array;
}

/** What answers the enclave while it works on a request. */
export interface EnclaveDesk {
  /** A sealed node of the state. @param tries how many answers to this did not open */
  node(id: Hex, tries: number): Promise<Uint8Array | undefined>;
  /** Takes nodes that the request makes. */
  keep(nodes: readonly SealedNode[]): void;
}

/**
 * Asks the enclave one thing.
 * @param desk for requests that read or change a state
 * @throws ProtocolError as the enclave says; INTERNAL when it died or was silent for too long
 */
export type Ask = <N extends MessageName>(
  name: N,
  message: MessageIn<N>,
  attachment?: Uint8Array,
  desk?: EnclaveDesk,
) => Promise<EnclaveAnswer<N>>;

export interface Enclave {
  readonly ask: Ask;
  /** Runs `act` with nobody else's requests in between: an input is loaded by several. */
  exclusively<T>(act: (ask: Ask) => Promise<T>): Promise<T>;
}

export interface EnclaveOptions {
  /** Seconds of silence after which the enclave is killed. */
  readonly seconds: number;
  /** Milliseconds before the second start in a row. */
  readonly restartDelay: number;
}

const NOTHING = new Uint8Array(0);
const MOST_DELAY = 30_000;

export class EnclaveClient implements Enclave, Service {
  readonly #options: EnclaveOptions;
  readonly #spawn: Spawn;
  readonly #log: Log;
  readonly #stop = new AbortController();
  #queue: Promise<unknown> = Promise.resolve();
  #process: EnclaveProcess | undefined;
  /** Lives in a row that ended before their first answer. */
  #failures = 0;

  constructor(options: EnclaveOptions, spawn: Spawn, log: Log) {
    this.#options = options;
    this.#spawn = spawn;
    this.#log = log;
  }

  /** Whether the enclave's process runs. */
  get alive(): boolean {
    return this.#process?.alive ?? false;
  }

  readonly ask: Ask = (name, message, attachment, desk) =>
    this.exclusively((ask) => ask(name, message, attachment, desk));

  async exclusively<T>(act: (ask: Ask) => Promise<T>): Promise<T> {
    const turn = this.#queue.then(() => {
      // One life for the whole sequence: a new enclave knows nothing of an input that was half loaded into the old one.
      let life: EnclaveProcess | undefined;
      return act(async (name, message, attachment = NOTHING, desk) => {
        life ??= await this.#living();
        return this.#exchange(life, name, message, attachment, desk);
      });
    });
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** Ends the enclave; what is asked afterwards fails. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#process?.end();
    await this.#queue;
  }

  async #living(): Promise<EnclaveProcess> {
    if (this.#process?.alive) return this.#process;
    const delay = backoff(this.#failures, this.#options.restartDelay, MOST_DELAY);
    if (!(await wait(delay, this.#stop.signal))) throw closing();
    this.#failures += 1;
    this.#process = new EnclaveProcess(this.#spawn, (code, lastWords) => {
      if (this.#stop.signal.aborted) return;
      this.#log.error({ exit: code, lastWords }, "the enclave ended");
    });
    return this.#process;
  }

  async #exchange<N extends MessageName>(
    life: EnclaveProcess,
    name: N,
    message: MessageIn<N>,
    attachment: Uint8Array,
    desk: EnclaveDesk | undefined,
  ): Promise<EnclaveAnswer<N>> {
    if (this.#stop.signal.aborted) throw closing();
    const silence = setTimeout(() => life.kill(), 1000 * this.#options.seconds);
    try {
      let frame = await life.exchange({ json: { name, message }, attachment });
      this.#failures = 0;
      for (let asked = questionIn(frame.json); asked; asked = questionIn(frame.json)) {
        const answer = await answerAt(desk, asked, frame.attachment).catch(
          async (error: unknown) => {
            // Without an answer both sides would wait for each other.
            await life.end();
            throw error;
          },
        );
        frame = await life.exchange(answer);
        silence.refresh();
      }
      const json = parseShape(messages[name].out, answerOf(frame.json), `answer to ${name}`);
      return { json: json as MessageOut<N>, attachment: frame.attachment };
    } finally {
      clearTimeout(silence);
    }
  }
}

/** @throws ProtocolError FRAME_INVALID for what is no question, or one that this request has no answer to */
async function answerAt(
  desk: EnclaveDesk | undefined,
  { name, message }: { readonly name: AskName; readonly message: unknown },
  attachment: Uint8Array,
): Promise<Frame> {
  if (!desk) throw new ProtocolError("FRAME_INVALID", { what: "a question out of place" });
  if (name === "node") {
    const { id, tries } = parseShape(asks.node.in, message, "question for a node");
    const bytes = await desk.node(id, tries);
    return { json: { held: bytes !== undefined }, attachment: bytes ?? NOTHING };
  }
  const { nodes } = parseShape(asks.keep.in, message, "nodes to keep");
  let at = 0;
  desk.keep(nodes.map(({ id, size }) => ({ id, bytes: attachment.slice(at, (at += size)) })));
  if (at !== attachment.length)
    throw new ProtocolError("FRAME_INVALID", { what: "length of the nodes" });
  return { json: {}, attachment: NOTHING };
}

const closing = (): ProtocolError => new ProtocolError("INTERNAL", { what: "closing" });
