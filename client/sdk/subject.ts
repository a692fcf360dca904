/** What the words about a secret contract are made of, read and checked. @module */
import type { Hex } from "../../protocol/bytes.ts";
import { utf8 } from "../../protocol/bytes.ts";
import { hashWorker } from "../../protocol/identity.ts";
import { parseManifest } from "../../protocol/manifest.ts";
import type { Committee } from "../../protocol/schema.ts";
import type { Client } from "./client.ts";
import { namesFrom } from "./lists.ts";
import type { Subject } from "./words.ts";

/** @throws ProtocolError as `contract.get` */
export async function subjectOf(
  client: Client,
  termsHash: Hex,
): Promise<Subject & { readonly committee: Committee }> {
  const { terms, committee, status, collaboration } = await client.contract.get(termsHash);
  const all = await client.worker.list();
  return {
    terms,
    status,
    committee,
    workers: committee.workers.flatMap(
      (keys) => all.find((worker) => worker.id === hashWorker(keys)) ?? [],
    ),
    threshold: committee.threshold,
    manifest: parseManifest(utf8(collaboration.manifest)),
    names: namesFrom(await client.party.list()),
  };
}
