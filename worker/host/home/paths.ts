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
  /** While it is there, the worker takes no new task. */
  readonly drain: string;
  /** Asks the running worker to renew its evidence; it removes the file when it has tried. */
  readonly renew: string;
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
    drain: join(home, "drain"),
    renew: join(home, "renew"),
  };
}
