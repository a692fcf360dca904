/** A file as a stream that is counted and can be held up. @module */

/** Bytes of a file as they are read. @param onBytes told how many so far */
export function countedStream(
  file: Blob,
  onBytes: (bytes: number) => void,
): ReadableStream<Uint8Array> {
  let read = 0;
  return file.stream().pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        read += chunk.length;
        onBytes(read);
        controller.enqueue(chunk);
      },
    }),
  );
}

/** A gate that is open until somebody pauses. */
export function pauseSwitch(): {
  readonly set: (paused: boolean) => void;
  readonly gate: () => Promise<void>;
} {
  let waiting: { promise: Promise<void>; resolve: () => void } | undefined;
  return {
    set: (paused) => {
      if (paused) {
        waiting ??= Promise.withResolvers<void>();
        return;
      }
      waiting?.resolve();
      waiting = undefined;
    },
    gate: async () => waiting?.promise,
  };
}
