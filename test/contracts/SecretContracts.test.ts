import { ZeroAddress, ZeroHash } from "ethers";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Hex } from "../../protocol/bytes.ts";
import type { Committee, Terms } from "../../protocol/schema.ts";
import { committeeHash, hashTerms } from "../../protocol/typed-data.ts";
import {
  addressOfKey,
  bytes32,
  eventOf,
  eventsOf,
  expectRevert,
  keyOf,
  lower,
  read,
  sealingKey,
  send,
  what,
} from "./support.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
let snapshot: string;
beforeAll(async () => {
  // Member 2 may only receive.
  world = await createWorld({ members: 3, workers: 3, threshold: 2, abilities: [15, 15, 4] });
});
beforeEach(async () => {
  snapshot = await world.snapshot();
});
afterEach(() => world.restore(snapshot));

/** The first of a list, changed. */
const first = <T>(list: readonly T[], change: Partial<T>): T[] => [
  { ...list[0]!, ...change },
  ...list.slice(1),
];
/** The second of a list takes over a field of the first. */
const twin = <T>(list: readonly T[], field: keyof T): T[] => [
  list[0]!,
  { ...list[1]!, [field]: list[0]![field] },
  ...list.slice(2),
];
const workersOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    signer: addressOfKey(keyOf(`many ${i}`)),
    sealingKey: sealingKey(`many ${i}`),
    measurement: bytes32("measurement"),
  }));
const membersOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    account: addressOfKey(keyOf(`account ${i}`)),
    consentKey: addressOfKey(keyOf(`consent ${i}`)),
    sealingKey: sealingKey(`member ${i}`),
    abilities: 15,
  }));

describe("create", () => {
  test("announces the terms under their digest", async () => {
    const { secretContracts, deployer, terms, termsHash } = world;
    const receipt = await send(secretContracts, deployer, "create", terms);
    expect(eventOf(receipt, "ContractCreated")["terms"]).toBe(termsHash);
    const status = await world.status();
    expect(status.memberCount).toBe(3n);
    expect(status.active).toBe(false);
    expect(status.committeeVersion).toBe(1n);
    expect([status.threshold, status.committeeSize]).toEqual([2n, 3n]);
    expect(status.committee).toBe(committeeHash(terms.committee));
    expect(status.joinBy).toBe(BigInt(terms.joinBy));
    const call = ["create", terms] as const;
    await expectRevert(secretContracts, deployer, call, "TermsKnown", termsHash);
  });

  test("takes the largest contract there may be", async () => {
    const { secretContracts, deployer, terms, deployment } = world;
    const largest: Terms = {
      ...terms,
      name: "n".repeat(64),
      policy: "p".repeat(16_384),
      members: membersOf(32),
      committee: { version: 1, threshold: 4, workers: workersOf(7) },
    };
    const receipt = await send(secretContracts, deployer, "create", largest);
    const hash = eventOf(receipt, "ContractCreated")["terms"];
    expect(hash).toBe(hashTerms(deployment, largest));
  });

  const committee = (change: (now: Committee) => Partial<Committee>) => (terms: Terms) => ({
    committee: { ...terms.committee, ...change(terms.committee) },
  });
  const cases: [string, string, (terms: Terms) => Partial<Terms>][] = [
    ["an empty name", "name", () => ({ name: "" })],
    ["a name of 65 bytes", "name", () => ({ name: "n".repeat(65) })],
    ["no policy", "policy", () => ({ policy: "{" })],
    ["a long policy", "policy", () => ({ policy: "p".repeat(16_385) })],
    ["protection beyond hardware", "minProtection", () => ({ minProtection: 3 })],
    ["no time to veto", "vetoBlocks", () => ({ vetoBlocks: 0 })],
    ["a past joinBy", "joinBy", () => ({ joinBy: 1 })],
    ["an unpublished program", "program", () => ({ program: bytes32("unpublished") })],
    ["no members", "members", () => ({ members: [] })],
    ["33 members", "members", () => ({ members: membersOf(33) })],
    [
      "a member without account",
      "member.account",
      ({ members }) => ({ members: first(members, { account: ZeroAddress as Hex as never }) }),
    ],
    [
      "a member without consent key",
      "member.consentKey",
      ({ members }) => ({ members: first(members, { consentKey: ZeroAddress as Hex as never }) }),
    ],
    [
      "a member's bad sealing key",
      "member.sealingKey",
      ({ members }) => ({ members: first(members, { sealingKey: `0x05${"11".repeat(32)}` }) }),
    ],
    [
      "a member without abilities",
      "member.abilities",
      ({ members }) => ({ members: first(members, { abilities: 0 }) }),
    ],
    [
      "an unknown ability",
      "member.abilities",
      ({ members }) => ({ members: first(members, { abilities: 16 }) }),
    ],
    [
      "one account twice",
      "member.account",
      ({ members }) => ({ members: twin(members, "account") }),
    ],
    [
      "one consent key twice",
      "member.consentKey",
      ({ members }) => ({ members: twin(members, "consentKey") }),
    ],
    ["no workers", "committee.workers", committee(() => ({ workers: [] }))],
    ["eight workers", "committee.workers", committee(() => ({ workers: workersOf(8) }))],
    ["half the workers", "committee.threshold", committee(() => ({ threshold: 1 }))],
    ["more than the workers", "committee.threshold", committee(() => ({ threshold: 4 }))],
    ["a later committee", "committee.version", committee(() => ({ version: 2 }))],
    [
      "a worker without signer",
      "worker.signer",
      committee(({ workers }) => ({
        workers: first(workers, { signer: ZeroAddress as Hex as never }),
      })),
    ],
    [
      "one signer twice",
      "worker.signer",
      committee(({ workers }) => ({ workers: twin(workers, "signer") })),
    ],
    [
      "a worker's bad sealing key",
      "worker.sealingKey",
      committee(({ workers }) => ({ workers: first(workers, { sealingKey: "0x02" }) })),
    ],
  ];
  test.each(cases)("refuses %s", async (_name, field, change) => {
    const { secretContracts, deployer, terms } = world;
    const call = ["create", { ...terms, ...change(terms) }] as const;
    await expectRevert(secretContracts, deployer, call, "TermsInvalid", what(field));
  });
});

describe("join", () => {
  beforeEach(async () => {
    await send(world.secretContracts, world.deployer, "create", world.terms);
  });

  test("activates when the last one came", async () => {
    const { secretContracts, members } = world;
    for (const [i, { signer }] of members.entries()) {
      expect((await world.status()).active).toBe(false);
      const receipt = await send(secretContracts, signer, "join", ...world.joinArgs(i));
      const event = eventOf(receipt, "MemberJoined");
      expect([event["member"], event["committeeVersion"]]).toEqual([BigInt(i), 1n]);
      expect(eventsOf(receipt, "ContractActivated")).toHaveLength(i === 2 ? 1 : 0);
    }
    const status = await world.status();
    expect([status.active, status.joined]).toEqual([true, 7n]);
  });

  test("is by the member's account, once, with its consent key's signature", async () => {
    const { secretContracts, members, termsHash, outsider } = world;
    const { signer } = members[0]!;
    const args = world.joinArgs(0);
    const caller = await outsider.getAddress();
    const call = ["join", ...args] as const;
    await expectRevert(secretContracts, outsider, call, "MemberUnauthorized", termsHash, 0, caller);
    const [, , share, wraps] = args;
    await expectRevert(
      secretContracts,
      signer,
      ["join", termsHash, 0, share, wraps, world.joinArgs(1)[4]],
      "MemberSignatureInvalid",
      termsHash,
      0,
      world.terms.members[0]!.consentKey,
      await recoveredFrom(0, world.joinArgs(1)[4]),
    );
    await send(secretContracts, signer, "join", ...args);
    await expectRevert(secretContracts, signer, call, "MemberAlreadyJoined", termsHash, 0);
  });

  /** Whom the contract takes for the signer of member `i`'s join. */
  async function recoveredFrom(i: number, signature: Hex) {
    const { digestOf, signerOf } = await import("../../protocol/typed-data.ts");
    const [, member, shareCommitment, wraps] = world.joinArgs(i);
    const value = { terms: world.terms, member, committeeVersion: 1, shareCommitment, wraps };
    return signerOf(digestOf(world.deployment, "Join", value), signature);
  }

  test("needs a commitment, a wrap for each worker and one for the member", async () => {
    const { secretContracts, members, termsHash } = world;
    const { signer } = members[0]!;
    const [, , share, wraps, signature] = world.joinArgs(0);
    for (const [commitment, list] of [
      [ZeroHash, wraps],
      [share, wraps.slice(1)],
      [share, [...wraps, "0x"]],
    ] as const) {
      const call = ["join", termsHash, 0, commitment, list, signature] as const;
      await expectRevert(secretContracts, signer, call, "ShareInvalid", termsHash, 0);
    }
  });

  test("ends at joinBy, to the second", async () => {
    const { secretContracts, members, terms, termsHash, at } = world;
    await at(terms.joinBy);
    await send(secretContracts, members[0]!.signer, "join", ...world.joinArgs(0));
    await at(terms.joinBy + 1);
    const call = ["join", ...world.joinArgs(1)] as const;
    const { signer } = members[1]!;
    await expectRevert(secretContracts, signer, call, "JoinTooLate", termsHash, terms.joinBy);
  });

  test("of unknown terms is refused", async () => {
    const { secretContracts, outsider } = world;
    const call = ["join", bytes32("x"), 0, bytes32("share"), [], "0x"] as const;
    await expectRevert(secretContracts, outsider, call, "TermsUnknown", bytes32("x"));
  });

  test("nothing else is possible before all have joined", async () => {
    const { secretContracts, taskManager, members, termsHash } = world;
    const { signer } = members[0]!;
    const inactive = (contract: typeof taskManager, ...call: [string, ...unknown[]]) =>
      expectRevert(contract, signer, call, "ContractNotActive", termsHash);
    await inactive(secretContracts, "commitDataset", termsHash, 0, 0, 0, bytes32("d"), 1);
    await inactive(secretContracts, "pause", termsHash, 0);
    await inactive(secretContracts, "changeCommittee", termsHash, world.committee, []);
    const { task } = await world.proposal();
    await inactive(taskManager, "propose", task, [], "0x7b226b223a337d");
  });
});

describe("datasets", () => {
  const dataset = bytes32("dataset");
  beforeEach(() => world.joinAll());

  test("are committed once and withdrawn once", async () => {
    const { secretContracts, members, termsHash } = world;
    const { signer } = members[0]!;
    const receipt = await world.commit(0, dataset, 4);
    const event = eventOf(receipt, "DatasetCommitted");
    expect([event["dataset"], event["table"], event["chunks"]]).toEqual([dataset, 4n, 3n]);
    const stored = () => read(secretContracts, "datasetOf", termsHash, 0, dataset);
    expect([...(await stored())]).toEqual([3n, 0n, 4n, false]);
    const again = ["commitDataset", termsHash, 0, 4, 0, dataset, 3] as const;
    await expectRevert(secretContracts, signer, again, "DatasetKnown", termsHash, 0, dataset);
    const call = ["withdrawDataset", termsHash, 0, dataset] as const;
    await send(secretContracts, signer, ...call);
    expect([...(await stored())]).toEqual([3n, 0n, 4n, true]);
    await expectRevert(secretContracts, signer, call, "DatasetUnknown", termsHash, 0, dataset);
    await expectRevert(secretContracts, signer, again, "DatasetKnown", termsHash, 0, dataset);
  });

  test("cannot be squatted: another member's same hash is another dataset", async () => {
    await world.commit(1, dataset);
    await world.commit(0, dataset);
    const { secretContracts, members, termsHash } = world;
    await send(secretContracts, members[1]!.signer, "withdrawDataset", termsHash, 1, dataset);
    const [chunks, , , withdrawn] = await read(secretContracts, "datasetOf", termsHash, 0, dataset);
    expect([chunks, withdrawn]).toEqual([3n, false]);
  });

  test("are the contributing member's own", async () => {
    const { secretContracts, members, termsHash } = world;
    const [one, , receiver] = members;
    const call = (member: number) =>
      ["commitDataset", termsHash, member, 0, 0, dataset, 1] as const;
    await expectRevert(
      secretContracts,
      one!.signer,
      call(1),
      "MemberUnauthorized",
      termsHash,
      1,
      one!.account,
    );
    await expectRevert(
      secretContracts,
      receiver!.signer,
      call(2),
      "MemberAbilityMissing",
      termsHash,
      2,
      1,
    );
    await world.commit(1, dataset);
    await expectRevert(
      secretContracts,
      one!.signer,
      ["withdrawDataset", termsHash, 1, dataset],
      "MemberUnauthorized",
      termsHash,
      1,
      one!.account,
    );
  });

  test.each([
    ["dataset", ZeroHash, 1],
    ["chunks", dataset, 0],
  ])("need a %s", async (field, hash, chunks) => {
    const { secretContracts, members, termsHash } = world;
    const call = ["commitDataset", termsHash, 0, 0, 0, hash, chunks] as const;
    await expectRevert(secretContracts, members[0]!.signer, call, "DatasetInvalid", what(field));
  });
});

describe("pause", () => {
  beforeEach(() => world.joinAll());

  test("stops seals until everyone who paused resumes", async () => {
    const { secretContracts, taskManager, members, termsHash, outsider } = world;
    const proposal = await world.proposal();
    await world.propose(proposal);
    for (const i of [0, 2]) await send(secretContracts, members[i]!.signer, "pause", termsHash, i);
    await world.mine();
    const call = ["seal", proposal.task, [], world.readies(proposal.taskId)] as const;
    await expectRevert(taskManager, outsider, call, "ContractIsPaused", termsHash, 5);
    await send(secretContracts, members[0]!.signer, "resume", termsHash, 0);
    await expectRevert(taskManager, outsider, call, "ContractIsPaused", termsHash, 4);
    await send(secretContracts, members[2]!.signer, "resume", termsHash, 2);
    await world.seal(proposal);
  });

  test.each(["pause", "resume"])("%s is the member's own", async (method) => {
    const { secretContracts, members, termsHash } = world;
    const { signer, account } = members[0]!;
    const call = [method, termsHash, 1] as const;
    await expectRevert(secretContracts, signer, call, "MemberUnauthorized", termsHash, 1, account);
  });
});

describe("changeCommittee and reshare", () => {
  let next: Committee;
  beforeEach(async () => {
    await world.joinAll();
    const { workers } = world.committee;
    next = { version: 2, threshold: 1, workers: [workers[2]!] };
  });
  const signatures = (committee: Committee, keys = world.members.map(({ key }) => key)) =>
    keys.map((key) => world.sign(key, "CommitteeChange", { terms: world.termsHash, committee }));

  test("take every member's signature, and old seals keep their committee", async () => {
    const { secretContracts, outsider, termsHash, operators } = world;
    const call = ["changeCommittee", termsHash, next, signatures(next)] as const;
    const receipt = await send(secretContracts, outsider, ...call);
    expect(eventsOf(receipt, "CommitteeChanged")).toHaveLength(1);
    const status = await world.status();
    expect([status.committeeVersion, status.threshold, status.committeeSize]).toEqual([2n, 1n, 1n]);
    expect(status.committee).toBe(committeeHash(next));
    const workerAt = (version: number, i: number) =>
      read(secretContracts, "workerAt", termsHash, version, i);
    expect(await workerAt(1, 0)).toBe(operators[0]!.id);
    expect(await workerAt(2, 0)).toBe(operators[2]!.id);
    expect(await workerAt(2, 1)).toBe(ZeroHash);
    // The same signatures do not serve again.
    await expectRevert(secretContracts, outsider, call, "CommitteeVersionInvalid", termsHash, 3, 2);
  });

  test("refuse a missing or another signature, and a bad committee", async () => {
    const { secretContracts, outsider, termsHash, members, terms } = world;
    const change = (committee: Committee, list: Hex[]) =>
      ["changeCommittee", termsHash, committee, list] as const;
    const few = change(next, signatures(next).slice(1));
    await expectRevert(secretContracts, outsider, few, "TermsInvalid", what("signatures"));
    const keys = [members[0]!.key, members[0]!.key, members[2]!.key];
    await expectRevert(
      secretContracts,
      outsider,
      change(next, signatures(next, keys)),
      "MemberSignatureInvalid",
      termsHash,
      1,
      terms.members[1]!.consentKey,
      terms.members[0]!.consentKey,
    );
    const bad = { ...next, threshold: 2 };
    const call = change(bad, signatures(bad));
    await expectRevert(
      secretContracts,
      outsider,
      call,
      "TermsInvalid",
      what("committee.threshold"),
    );
  });

  test("wait for sealed tasks", async () => {
    const { secretContracts, outsider, termsHash } = world;
    const { facts } = await world.sealed();
    const call = ["changeCommittee", termsHash, next, signatures(next)] as const;
    await expectRevert(secretContracts, outsider, call, "CommitteeBusy", termsHash, 1);
    const result = world.result(facts);
    for (const by of [0, 1]) await world.submit(facts, result, by);
    await send(secretContracts, outsider, ...call);
  });

  test("reshare the same share to the new committee", async () => {
    const { secretContracts, outsider, members, termsHash } = world;
    await send(secretContracts, outsider, "changeCommittee", termsHash, next, signatures(next));
    const { signer, account } = members[1]!;
    const args = world.joinArgs(1, next);
    const receipt = await send(secretContracts, signer, "reshare", ...args);
    expect(eventOf(receipt, "MemberJoined")["committeeVersion"]).toBe(2n);
    const [, , , wraps, signature] = args;
    const other = ["reshare", termsHash, 1, bytes32("other"), wraps, signature] as const;
    await expectRevert(secretContracts, signer, other, "ShareInvalid", termsHash, 1);
    const foreign = ["reshare", ...world.joinArgs(0, next)] as const;
    await expectRevert(
      secretContracts,
      signer,
      foreign,
      "MemberUnauthorized",
      termsHash,
      0,
      account,
    );
    // Wraps for the first committee are too many for the second.
    const stale = ["reshare", ...world.joinArgs(1)] as const;
    await expectRevert(secretContracts, signer, stale, "ShareInvalid", termsHash, 1);
  });
});

describe("what only the task manager may", () => {
  test.each([
    ["beginTask", [false, 0]],
    ["endTask", [false, ZeroHash, 0]],
  ] as const)("%s", async (method, args) => {
    const { secretContracts, outsider, termsHash } = world;
    const caller = await outsider.getAddress();
    const call = [method, termsHash, ...args] as const;
    await expectRevert(secretContracts, outsider, call, "SecretContractsUnauthorized", caller);
  });
});

describe("getters", () => {
  test("lead to all other contracts and to the keys", async () => {
    await world.joinAll();
    const { secretContracts, addresses, terms, termsHash } = world;
    for (const name of [
      "partyRegistry",
      "programRegistry",
      "workerRegistry",
      "taskManager",
      "vault",
    ] as const)
      expect(await read(secretContracts, name)).toBe(addresses[name]);
    const keys: string[] = await read(secretContracts, "consentKeysOf", termsHash, 0b1000_0101);
    expect(keys.map(lower)).toEqual([
      terms.members[0]!.consentKey,
      terms.members[2]!.consentKey,
      ZeroAddress,
    ]);
    const account: string = await read(secretContracts, "accountOf", termsHash, 1);
    expect(lower(account)).toBe(terms.members[1]!.account);
  });
});
