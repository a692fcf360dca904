/**
 * A node of the chain, asked patiently: public nodes drop connections, answer 503 and count requests. Client and worker talk to
 * nodes through this file alone.
 * @module
 */
import {
  FetchRequest,
  JsonRpcProvider,
  Network,
  type JsonRpcError,
  type JsonRpcPayload,
  type JsonRpcResult,
} from "ethers";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { ProtocolError } from "../errors.ts";

const ATTEMPTS = 4;
/** Doubled after each attempt: 1.75 s in all, which a person waits for and a restart of a node needs. */
const FIRST_PAUSE_MS = 250;
const ANSWER_MS = 15_000;

/** ethers waits 10 ms to batch every call, caches for 250 ms and asks for the chain id again and again, unless it is told not to. */
const settings = { batchMaxCount: 1, cacheTimeout: -1 };

/**
 * A connection that answers at once, and asks again when a node is silent for a moment.
 * @param chainId of the deployment; what the node says of itself is for {@link chainIdAt}. Absent: ethers asks, and waits for a node that is down
 */
export const connectProvider = (url: string, chainId?: number): JsonRpcProvider =>
  new PatientProvider(url, chainId);

/** Chain id by the node's own word. @throws ProtocolError RPC_UNREACHABLE after four attempts */
export async function chainIdAt(url: string): Promise<number> {
  const provider = connectProvider(url, 1);
  try {
    const id: unknown = await provider.send("eth_chainId", []);
    if (Value.Check(ChainId, id)) return Number(id);
    throw new ProtocolError("RPC_UNREACHABLE", { url: originOf(url) });
  } finally {
    provider.destroy();
  }
}

const ChainId = Type.String({ pattern: "^0x[0-9a-fA-F]{1,13}$" });

/** Providers put keys into user names, paths and queries; the origin is enough to know which node is meant. */
export const originOf = (url: string): string =>
  URL.canParse(url) ? new URL(url).origin : "the RPC URL";

type Answers = (JsonRpcResult | JsonRpcError)[];

class PatientProvider extends JsonRpcProvider {
  readonly #origin: string;
  readonly #node: FetchRequest;

  constructor(url: string, chainId?: number) {
    const request = new FetchRequest(url);
    request.timeout = ANSWER_MS;
    // ethers would wait for minutes on HTTP 429.
    request.setThrottleParams({ maxAttempts: ATTEMPTS, slotInterval: FIRST_PAUSE_MS });
    const staticNetwork = chainId === undefined ? true : Network.from(chainId);
    super(request, chainId, { ...settings, staticNetwork });
    this.#origin = originOf(url);
    this.#node = request;
  }

  /** @throws ProtocolError RPC_UNREACHABLE when no attempt brought an answer */
  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    // A transaction may have arrived although no answer came back: sent twice, it would be refused as known.
    const isRead = ![payload].flat().some(({ method }) => method === "eth_sendRawTransaction");
    for (let attempt = 1; ; attempt++) {
      let cause: unknown;
      let mayRepeat = isRead;
      try {
        const answers = await this.#ask(payload);
        const throttled = answers.find(isThrottled);
        // Errors are among them: ethers sorts them out, its type forgets them.
        if (!throttled) return answers as JsonRpcResult[];
        // It said no: nothing was done.
        [cause, mayRepeat] = [throttled, true];
      } catch (error) {
        cause = error;
      }
      if (attempt === ATTEMPTS || this.destroyed || !mayRepeat)
        throw new ProtocolError("RPC_UNREACHABLE", { url: this.#origin }, { cause });
      await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }

  /** Some nodes send their refusals with HTTP 4xx: they are answers too. */
  async #ask(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<Answers> {
    const request = this.#node.clone();
    request.body = JSON.stringify(payload);
    request.setHeader("content-type", "application/json");
    const response = await request.send();
    const said: unknown = response.hasBody() ? parsed(response.bodyText) : undefined;
    const answers = [said].flat();
    const [only, ...others] = answers;
    // Gateways answer without the number of the question; there is one only, because nothing is batched.
    if (isAnswer(only) && others.length === 0 && !Array.isArray(payload))
      return [{ ...only, id: payload.id }];
    if (answers.length > 0 && answers.every(isAnswer)) return answers;
    response.assertOk();
    throw new TypeError("not an answer of JSON-RPC");
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const isAnswer = (value: unknown): value is Answers[number] =>
  typeof value === "object" && value !== null && ("result" in value || "error" in value);

/** A node that has had enough of us for now says so in words; the codes differ from one to the next, or mean other things too. */
const isThrottled = (answer: Answers[number]): boolean =>
  "error" in answer && /\brate\b|too many requests|request count|per second/i.test(wordsOf(answer));

const wordsOf = ({ error }: JsonRpcError): string =>
  typeof error.message === "string" ? error.message : "";

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, milliseconds));
