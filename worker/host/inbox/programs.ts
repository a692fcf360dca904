/** Program bundles: held when published on chain, given to whoever asks. @module */
import type { ProgramBundle } from "../../../protocol/api.ts";
import { utf8, type Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { hashManifest, hashModule, hashProgram } from "../../../protocol/identity.ts";
import { parseManifest } from "../../../protocol/manifest.ts";
import type { ChainView } from "../chain/view.ts";
import type { Store } from "../store/store.ts";

export interface ProgramPorts {
  readonly view: ChainView;
  readonly store: Pick<Store, "programs" | "modules" | "transaction">;
  /** Called when a program is held. */
  readonly onArrival: (program: Hex) => void;
}

export class Programs {
  readonly #ports: ProgramPorts;

  constructor(ports: ProgramPorts) {
    this.#ports = ports;
  }

  /**
   * Keeps a bundle. Twice is as good as once.
   * @throws ProtocolError NOT_PUBLISHED, HASH_MISMATCH, BYTES_INVALID, JSON_INVALID, MANIFEST_INVALID
   */
  accept(program: Hex, bundle: ProgramBundle): void {
    const { view, store, onArrival } = this.#ports;
    if (!view.program(program)) throw new ProtocolError("NOT_PUBLISHED", { program });
    if (store.programs.get(program)) return;
    const module = fromBase64(bundle.module);
    const moduleHash = hashModule(module);
    const manifest = utf8(bundle.manifest);
    const actual = hashProgram(moduleHash, hashManifest(manifest));
    if (actual !== program)
      throw new ProtocolError("HASH_MISMATCH", { what: "program", expected: program, actual });
    parseManifest(manifest);
    store.transaction(() => {
      store.programs.put(program, { moduleHash, manifest: bundle.manifest });
      store.modules.put(program, module);
    });
    onArrival(program);
  }

  /** @throws ProtocolError NOT_FOUND */
  bundle(program: Hex): ProgramBundle {
    const record = this.#ports.store.programs.get(program);
    const module = this.#ports.store.modules.get(program);
    if (!record || !module)
      throw new ProtocolError("NOT_FOUND", { what: "program", name: program });
    return { module: Buffer.from(module).toString("base64"), manifest: record.manifest };
  }
}

/** Strict: Buffer alone skips what is no base64. */
function fromBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text)
    throw new ProtocolError("BYTES_INVALID", {
      what: "module",
      expected: "base64 with padding",
      actual: "something else",
    });
  return new Uint8Array(bytes);
}
