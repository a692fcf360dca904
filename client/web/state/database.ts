/** The browser's database: locked keys, and sealed tables that wait for their upload. Nothing in it is secret in clear. @module */

export type StoreName = "keys" | "packages";
const stores: readonly StoreName[] = ["keys", "packages"];
const NAME = "cloister";
const VERSION = 1;

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, VERSION);
  request.addEventListener("upgradeneeded", () => {
    for (const store of stores)
      if (!request.result.objectStoreNames.contains(store)) request.result.createObjectStore(store);
  });
  return answer(request);
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () =>
      reject(request.error ?? new Error("the browser's database failed")),
    );
  });
}

async function within<T>(
  store: StoreName,
  mode: IDBTransactionMode,
  act: (objects: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await open();
  try {
    return await answer(act(database.transaction(store, mode).objectStore(store)));
  } finally {
    database.close();
  }
}

export const readAll = (store: StoreName): Promise<unknown[]> =>
  within(store, "readonly", (objects) => objects.getAll());

export const readOne = (store: StoreName, key: string): Promise<unknown> =>
  within(store, "readonly", (objects) => objects.get(key) as IDBRequest<unknown>);

export async function write(store: StoreName, key: string, value: unknown): Promise<void> {
  await within(store, "readwrite", (objects) => objects.put(value, key));
}

export async function erase(store: StoreName, key: string): Promise<void> {
  await within(store, "readwrite", (objects) => objects.delete(key));
}
