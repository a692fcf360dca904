import { describe, expect, it } from "vitest";
import { Services } from "../../../worker/host/services.ts";

describe("services", () => {
  const noted: string[] = [];
  const part = (name: string) => () => ({ close: () => void noted.push(name) });

  it("close in reverse, after everybody was told to stop", async () => {
    noted.length = 0;
    const services = new Services();
    await services.start((signal) => {
      signal.addEventListener("abort", () => noted.push("told"));
      return part("first")();
    });
    await services.start(part("second"));
    await services.close();
    expect(noted).toEqual(["told", "second", "first"]);
  });

  it("close what runs when one fails to start, and pass its error on", async () => {
    noted.length = 0;
    const services = new Services();
    await services.start(part("first"));
    const failure = new TypeError("no port");
    await expect(services.start(() => Promise.reject(failure))).rejects.toBe(failure);
    expect(noted).toEqual(["first"]);
  });

  it("close the others when one does not close", async () => {
    noted.length = 0;
    const services = new Services();
    await services.start(part("first"));
    await services.start(() => ({ close: () => Promise.reject(new TypeError("stuck")) }));
    await expect(services.close()).rejects.toBeInstanceOf(AggregateError);
    expect(noted).toEqual(["first"]);
  });
});
