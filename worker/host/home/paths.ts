/** Where things lie in a worker's home. @module */
import { join } from "node:path";

export interface HomePaths {
  readonly home: string;
  readonly keystore: string;
  readonly password: string;
  readonly lock: string;
  readonly journal: string;
  readonly datasets: string;
  /** The enclave's keys, sealed by its platform: the one file it writes. */
  readonly sealed: string;
  /** Folder of the enclave's bundle. */
  readonly enclave: string;
}

export function homePaths(home: string): HomePaths {
  return {
    home,
    keystore: join(home, "gas.keystore"),
    password: join(home, "password"),
    lock: join(home, "lock"),
    journal: join(home, "journal.sqlite"),
    datasets: join(home, "datasets"),
    sealed: join(home, "enclave.sealed"),
    enclave: join(home, "enclave"),
  };
}
