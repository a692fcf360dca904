import { mkdtempSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { concat, u32, utf8 } from "../../../../protocol/bytes.ts";
import { pack, unpack } from "../../../../worker/host/home/archive.ts";

const envelope = `datasets/0x${"17".repeat(32)}/chunks`;
let folder: string;
let file: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "cloister-archive-"));
  file = join(folder, "backup");
  const contents = { "worker.json": "{}", "gas.keystore": "", [envelope]: "x".repeat(300_000) };
  const sources = Object.entries(contents).map(([name, text], i) => {
    const path = join(folder, `source-${i}`);
    writeFileSync(path, text);
    return { name, path };
  });
  await pack(file, "/home/before", sources);
});
afterEach(() => rmSync(folder, { recursive: true }));

const into = () => {
  const target = join(folder, "target");
  mkdirSync(target);
  return target;
};
/** An archive with this index, and no more. */
const foreign = (index: object) => {
  const json = utf8(JSON.stringify(index));
  writeFileSync(file, gzipSync(concat(u32(json.length), json)));
};

describe("an archive", () => {
  it("gives back every byte, in files for the owner alone", async () => {
    const target = into();
    expect(await unpack(file, target)).toMatchObject({ home: "/home/before" });
    expect(readFileSync(join(target, "worker.json"), "utf8")).toBe("{}");
    expect(readFileSync(join(target, "gas.keystore")).length).toBe(0);
    expect(readFileSync(join(target, envelope), "utf8")).toBe("x".repeat(300_000));
    for (const path of [file, join(target, "worker.json"), join(target, envelope)])
      expect(statSync(path).mode & 0o077).toBe(0);
  });

  it("is never written over another file", async () => {
    await expect(pack(file, "/", [])).rejects.toMatchObject({ code: "FILE_EXISTS" });
  });

  it.each([0, 10, 300, 0.5])("is refused when it broke off (%s)", async (length) => {
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, length === 0.5 ? bytes.length / 2 : length));
    await expect(unpack(file, into())).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
  });

  it("is refused when a byte is another, also under a good checksum of gzip", async () => {
    const plain = gunzipSync(readFileSync(file));
    plain[plain.length - 5] = 0x79;
    writeFileSync(file, gzipSync(plain));
    await expect(unpack(file, into())).rejects.toMatchObject({
      code: "HASH_MISMATCH",
      facts: { what: envelope },
    });
  });

  it.each(["../worker.json", "/etc/passwd", "datasets/../../x", "enclave/main.mjs", ""])(
    "is refused when it would write %j",
    async (name) => {
      const sha256 = "0".repeat(64);
      foreign({ cloister: "worker-backup/1", home: "/", files: [{ name, size: 0, sha256 }] });
      await expect(unpack(file, into())).rejects.toMatchObject({ code: "SHAPE_INVALID" });
    },
  );

  it("is refused when it is something else", async () => {
    writeFileSync(file, "not gzip at all");
    await expect(unpack(file, into())).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
    foreign({ cloister: "party-backup/1" });
    await expect(unpack(file, join(folder, "target"))).rejects.toMatchObject({
      code: "SHAPE_INVALID",
    });
  });
});
