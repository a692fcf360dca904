/** A real enclave process, spoken to as its host would. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hex } from "../../../protocol/bytes.ts";
import { ProtocolError, type Failures } from "../../../protocol/errors.ts";
import type { MessageIn, MessageName, MessageOut } from "../../../worker/boundary.ts";
import { encodeFrame, readFrames, type Frame } from "../../../worker/frames.ts";
import {
  buildEnclave,
  defaultEnclaveLimits,
  enclaveArguments,
  type EnclaveImage,
} from "../../../worker/enclave/build.ts";

const scratch: string[] = [];
/** A temporary folder that is gone after {@link removeScratch}. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "cloister-"));
  scratch.push(folder);
  return folder;
}
export function removeScratch(): void {
  for (const folder of scratch.splice(0)) rmSync(folder, { recursive: true, force: true });
}

let image: Promise<EnclaveImage> | undefined;
export const enclaveImage = (): Promise<EnclaveImage> => (image ??= buildEnclave(scratchFolder()));

const refuse = (): never => {
  throw new TypeError("this test brings no state");
};

export class EnclaveProcess {
  readonly home: string;
  readonly #child: ChildProcess;
  readonly #answers: AsyncGenerator<Frame>;

  private constructor(home: string, child: ChildProcess) {
    this.home = home;
    this.#child = child;
    this.#answers = readFrames(child.stdout!);
  }

  static async start(
    home = scratchFolder(),
    limits: Partial<typeof defaultEnclaveLimits> = {},
  ): Promise<EnclaveProcess> {
    const all = { ...defaultEnclaveLimits, ...limits };
    const args = enclaveArguments(await enclaveImage(), join(home, "enclave.sealed"), all);
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"], env: {} });
    return new EnclaveProcess(home, child);
  }

  /** @throws ProtocolError with the code and facts the enclave gave */
  async ask<N extends MessageName>(
    name: N,
    message: MessageIn<N>,
    attachment: Uint8Array = new Uint8Array(0),
    desk: (frame: Frame) => Frame = refuse,
  ): Promise<{ json: MessageOut<N>; attachment: Uint8Array }> {
    this.#child.stdin!.write(encodeFrame({ json: { name, message }, attachment }));
    let { value } = await this.#answers.next();
    for (; "ask" in ((value as Frame).json as object); { value } = await this.#answers.next())
      this.#child.stdin!.write(encodeFrame(desk(value as Frame)));
    const { json, attachment: answer } = value as Frame;
    if ("error" in (json as object)) {
      const { code, facts } = (json as { error: { code: keyof Failures; facts: never } }).error;
      throw new ProtocolError(code, facts);
    }
    return { json: (json as { ok: MessageOut<N> }).ok, attachment: answer };
  }

  get pid(): number {
    return this.#child.pid!;
  }

  async keys(): Promise<{ signer: Hex; sealingKey: Hex; measurement: Hex }> {
    return (await this.ask("describe", {})).json;
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await gone;
  }
}
