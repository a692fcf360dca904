/**
 * A FAKE enclave for tests of the host: it speaks frames and misbehaves as it is told by the operator's name in `attest`. It holds
 * no keys and checks nothing; what the real one does is tested in test/worker/enclave.
 */
// Frames by hand: importing the protocol would take ten times as long as all that this process does.
async function* readFrames(source) {
  let bytes = Buffer.alloc(0);
  for await (const part of source) {
    bytes = Buffer.concat([bytes, part]);
    while (bytes.length >= 8) {
      const attachmentAt = 8 + bytes.readUInt32BE(0);
      const end = attachmentAt + bytes.readUInt32BE(4);
      if (bytes.length < end) break;
      const json = JSON.parse(bytes.subarray(8, attachmentAt).toString());
      yield { json, attachment: bytes.subarray(attachmentAt, end) };
      bytes = bytes.subarray(end);
    }
  }
}
function encodeFrame({ json, attachment }) {
  const text = Buffer.from(JSON.stringify(json));
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32BE(text.length, 0);
  lengths.writeUInt32BE(attachment.length, 4);
  return Buffer.concat([lengths, text, attachment]);
}

const zero = `0x${"00".repeat(32)}`;
const nothing = new Uint8Array(0);
const send = (json, attachment = nothing) =>
  process.stdout.write(encodeFrame({ json, attachment }));

if (process.argv[2] === "broken") {
  process.stderr.write("cannot read my key file\n");
  process.exit(3);
}
let loads = 0;
for await (const { json, attachment } of readFrames(process.stdin)) {
  const { name, message } = json;
  if (name === undefined) {
    // An answer to what was asked below, passed on.
    send({ ok: { kind: json.held ? 1 : 0, evidence: "0x" } }, attachment);
    continue;
  }
  if (name === "describe")
    send({
      ok: {
        signer: `0x${"00".repeat(19)}01`,
        sealingKey: `0x02${"00".repeat(32)}`,
        measurement: zero,
        kind: process.pid,
        confinement: [],
      },
    });
  else if (name === "program") send({ ok: { moduleHash: zero } }, attachment);
  else if (name === "loaded") send({ ok: {} }, Buffer.from(String(loads)));
  else if (name === "chunk") {
    loads += attachment.length;
    send({ ok: {} });
  } else if (name === "forget")
    send({ error: { code: "NOT_LOADED", facts: { hashes: [message.dataset] } } });
  else {
    const how = message.epoch;
    if (how === 1) process.exit(1);
    if (how === 2) process.stdout.write("no frame at all: 0123456789 0123456789");
    if (how === 3) send({ error: { code: "NO_SUCH_CODE", facts: {} } });
    if (how === 4) send({ ok: { kind: "no number" } });
    if (how === 5) for (let i = 0; i < 2; i++) send({ ok: { kind: 1, evidence: "0x" } });
    // 6: silence.
    if (how === 7) send({ ask: { name: "node", message: { id: zero, tries: 0 } } });
    const nodes = [{ id: zero, size: how === 8 ? 3 : 4 }];
    if (how === 8 || how === 9)
      send({ ask: { name: "keep", message: { nodes } } }, Buffer.from("abc"));
    if (how === 10) send({ ask: { name: "keep", message: { nodes: "all" } } });
  }
}
