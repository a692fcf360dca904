/** Cloister's SDK, for browser and Node. @module */
export { createClient, type Client } from "./client.ts";
export type { ClientOptions, Sent, Trust } from "./context.ts";
export type { Asked, Consented } from "./consent.ts";
export type { CommitteeVote } from "./committee.ts";
export type { ContractDraft } from "./contract.ts";
export type { Contributed, Contribution } from "./dataset.ts";
export { readCsv } from "./csv.ts";
export { newPartyKeys, partyKeysFrom, publicKeysOf, type PartyKeys } from "./keys.ts";
export type { ProgramFiles } from "./program.ts";
export type { Proposed, TaskDraft } from "./propose.ts";
export { connectProvider } from "./provider.ts";
export type { Opened } from "./result.ts";
export type { Rows } from "./rows.ts";
export type { Progress } from "./seal.ts";
export { Secret } from "./secret.ts";
export { memorySpool, type Spool } from "./spool.ts";
export type { RegisteredWorker } from "./worker.ts";
