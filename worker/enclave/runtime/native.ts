/** The one native library: isolated-vm's prebuilt addon, copied into the enclave's image and measured with it. @module */
import type ivm from "isolated-vm";

export const ISOLATE_FILE = "isolated-vm.node";

/** Loads the addon from a file, without the package's own search for it. */
export function loadNative(file: string): typeof ivm {
  const module = { exports: {} as { ivm: typeof ivm } };
  process.dlopen(module, file);
  return module.exports.ivm;
}
