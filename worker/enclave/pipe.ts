/** The enclave's end of its pipe: requests come in one at a time, and while one is under way the enclave may ask its host. @module */
import type { Readable, Writable } from "node:stream";
import { ProtocolError } from "../../protocol/errors.ts";
import { parseShape } from "../../protocol/schema.ts";
import { asks, type AskIn, type AskName, type AskOut } from "../boundary.ts";
import { encodeFrame, readFrames, type Frame } from "../frames.ts";

/** Asks the host one thing. @throws ProtocolError FRAME_INVALID for an answer that is none, or when the host is gone */
export type AskHost = <N extends AskName>(
  name: N,
  message: AskIn<N>,
  attachment?: Uint8Array,
) => Promise<{ readonly json: AskOut<N>; readonly attachment: Uint8Array }>;

const NOTHING = new Uint8Array(0);

export class Pipe {
  readonly #frames: AsyncGenerator<Frame>;
  readonly #output: Writable;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(input: Readable, output: Writable) {
    this.#frames = readFrames(input);
    this.#output = output;
  }

  /** Answers every request until the host closes the pipe. */
  async serve(answer: (request: Frame) => Promise<Frame>): Promise<void> {
    for (;;) {
      const { value, done } = await this.#frames.next();
      if (done) return;
      await this.#write(await answer(value));
    }
  }

  readonly ask: AskHost = (name, message, attachment = NOTHING) => {
    const turn = this.#turn.then(async () => {
      await this.#write({ json: { ask: { name, message } }, attachment });
      const { value, done } = await this.#frames.next();
      if (done) throw new ProtocolError("FRAME_INVALID", { what: "the host is gone" });
      const json = parseShape(asks[name].out, value.json, `host's answer to ${name}`);
      return { json: json as AskOut<typeof name>, attachment: value.attachment };
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  };

  async #write(frame: Frame): Promise<void> {
    if (this.#output.write(encodeFrame(frame))) return;
    await new Promise((resolve) => this.#output.once("drain", resolve));
  }
}
