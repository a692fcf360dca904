/** A cable to a server that a test can pull and plug in again. @module */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface Cable {
  /** The server's URL, through the cable. */
  readonly url: string;
  /** Breaks every connection; new ones are refused. */
  readonly pull: () => Promise<void>;
  readonly plug: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function cableTo(url: string): Promise<Cable> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const far = connect(Number(target.port), target.hostname);
    for (const end of [socket, far]) {
      sockets.add(end);
      end.on("close", () => sockets.delete(end)).on("error", () => end.destroy());
    }
    socket.pipe(far).pipe(socket);
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  const pull = async () => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    pull,
    plug: async () => void (await listen(port)),
    close: pull,
  };
}
