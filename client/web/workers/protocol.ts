/** One call of a Web Worker: what goes in, what comes back, and errors with code and facts. @module */
import { failures, ProtocolError, type Failures } from "../../../protocol/errors.ts";

/** What a worker says. */
type Message<Output> =
  | { readonly note: never }
  | { readonly output: Output }
  | { readonly code: keyof Failures; readonly facts: object };

/** A call under way. */
export interface Call<Output> {
  readonly output: Promise<Output>;
  /** Says something to the worker while it works. */
  readonly tell: (message: unknown) => void;
  /** Ends it; `output` then never comes. */
  readonly stop: () => void;
}

/** Runs one call in a worker of its own, which ends with it: its memory goes too, with all plaintext in it. */
export function callWorker<Output>(
  worker: Worker,
  input: unknown,
  onNote: (note: never) => void = () => undefined,
): Call<Output> {
  const output = new Promise<Output>((resolve, reject) => {
    worker.addEventListener("message", ({ data }: MessageEvent<Message<Output>>) => {
      if ("note" in data) return onNote(data.note);
      worker.terminate();
      if ("output" in data) return resolve(data.output);
      return reject(new ProtocolError(data.code, data.facts as never));
    });
    worker.addEventListener("error", (event) => {
      worker.terminate();
      reject(new ProtocolError("INTERNAL", { what: `a part of the page: ${event.message}` }));
    });
  });
  worker.postMessage(input, []);
  return {
    output,
    tell: (message) => worker.postMessage(message, []),
    stop: () => worker.terminate(),
  };
}

/** What a call has besides its input. */
export interface Port {
  /** Says how far it is. */
  readonly note: (note: unknown) => void;
  /** Hears what is said to it meanwhile. */
  readonly listen: (hear: (message: unknown) => void) => void;
}

/** The part of a worker's global object that is used here: the page's types describe a window. */
interface Scope {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", listen: (event: MessageEvent<unknown>) => void): void;
}

/**
 * The other side: the first message is the input, the following ones go to what `act` hands to `listen`.
 * @param act its errors travel back, those that are not ours as INTERNAL
 */
export function serveCall(act: (input: never, port: Port) => Promise<unknown>): void {
  const scope = globalThis as unknown as Scope;
  let hear: ((message: unknown) => void) | undefined;
  let called = false;
  const listen = (listener: (message: unknown) => void): void => void (hear = listener);
  scope.addEventListener("message", ({ data }) => {
    if (called) return hear?.(data);
    called = true;
    return void act(data as never, {
      note: (note) => scope.postMessage({ note }, []),
      listen,
    }).then(
      (output) => scope.postMessage({ output }, []),
      (error: unknown) => scope.postMessage(sayable(error), []),
    );
  });
}

function sayable(error: unknown): { code: keyof Failures; facts: object } {
  if (error instanceof ProtocolError && Object.hasOwn(failures, error.code))
    return { code: error.code, facts: error.facts };
  return { code: "INTERNAL", facts: { what: String(error) } };
}
