/** `cloister party ...`: who you are: keys, name, what terms say of you. @module */
import { Option, type Command } from "commander";
import { fromHex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { addressOf } from "../../../protocol/typed-data.ts";
import { newPartyKeys } from "../../sdk/keys.ts";
import { Secret } from "../../../protocol/secret.ts";
import { backUp, restore } from "../backup.ts";
import type { Cli } from "../cli.ts";
import { readText } from "../home.ts";
import { accountNames, memberOf, storeKeys } from "../keystore.ts";
import { noun } from "../noun.ts";
import { passwordFor } from "../password.ts";
import { columns, facts } from "../screen.ts";
import { withSession } from "../session.ts";
import { verb } from "../verb.ts";

export function addParty(cloister: Command): void {
  const party = noun(cloister, "party", "who you are: keys and name", "party keygen");

  verb(
    party,
    {
      usage: "keygen",
      says: "make an account, a consent key and a sealing key",
      notes:
        "Three encrypted files in the home's keystore/. The account pays and sends; the consent key signs what your\ndata may be used for; the sealing key opens results. Lose them and results sealed to you are lost: `party backup`.",
      examples: ["party keygen", "party keygen --account acme --import-key dev-key.txt"],
      options: [
        new Option("--import-key <file>", "take the account's key from a file of 64 hex digits"),
      ],
    },
    async (cli, { importKey }: { importKey?: string }) => {
      const { account } = cli.globals;
      expectName(account);
      const payer = importKey === undefined ? randomKey() : keyIn(importKey);
      const { consentKey, sealingKey } = newPartyKeys();
      const password = await passwordFor(cli, `the new account "${account}"`, true);
      const keys = { account: payer, consent: consentKey, sealing: sealingKey };
      await storeKeys(cli.home, account, keys, password);
      return own(cli);
    },
  );

  verb(
    party,
    {
      usage: "member",
      says: "print yourself as a member of terms, for whoever writes them",
      examples: ["party member --json > acme.json"],
    },
    async (cli) => own(cli),
  );

  verb(
    party,
    {
      usage: "register <name>",
      says: "give the account a name that people read; again, to change it",
      examples: ['party register "Acme Telecom"'],
    },
    async (cli, _options, name) =>
      withSession(cli, { needs: "account" }, async ({ client, ctx }) => {
        await client.party.register(name);
        const account = await ctx.account();
        return { json: { account, name }, text: `${account} is ${name}` };
      }),
  );

  verb(
    party,
    {
      usage: "list",
      says: "names on chain, or the accounts of this home",
      examples: ["party list", "party list --own"],
      options: [new Option("--own", "accounts whose keys lie in this home")],
    },
    async (cli, options: { own?: boolean }) => {
      if (options.own) {
        const parties = accountNames(cli.home).map((name) => ({
          name,
          ...memberOf(cli.home, name),
        }));
        const rows = parties.map(({ name, account }) => [name, account]);
        return { json: { parties }, text: columns(["name", "account"], rows) };
      }
      return withSession(cli, {}, async ({ client }) => {
        const parties = await client.party.list();
        const rows = parties.map(({ name, account }) => [account, name]);
        return { json: { parties }, text: columns(["account", "name"], rows) };
      });
    },
  );

  verb(
    party,
    {
      usage: "backup",
      says: "write keys, trusted measurements and dataset headers into one file",
      notes: "The keys in it are as encrypted as in the keystore: keep file and password apart.",
      examples: ["party backup --out acme-backup.json"],
      options: [new Option("--out <file>", "where to").makeOptionMandatory()],
    },
    async (cli, { out }: { out: string }) => {
      const files = await backUp(cli, out);
      return { json: { out, files }, text: `${out}: ${files.length} files` };
    },
  );

  verb(
    party,
    {
      usage: "restore <file>",
      says: "put the files of a backup into a home that does not have them",
      examples: ["party restore acme-backup.json --home /srv/acme"],
    },
    async (cli, _options, file) => {
      const files = restore(cli, file);
      return { json: { home: cli.globals.home, files }, text: files.join("\n") };
    },
  );
}

async function own(cli: Cli) {
  const { account: name } = cli.globals;
  const member = memberOf(cli.home, name);
  const { account, consentKey, sealingKey } = member;
  const text = facts({ name, account, "consent key": consentKey, "sealing key": sealingKey });
  return { json: { name, account, member }, text };
}

/** A name is part of file names. */
function expectName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/.test(name)) return;
  throw new ProtocolError("USAGE", { what: "--account takes 1 to 32 letters, digits, - and _" });
}

/** What no key can be is as rare as never: the curve's order is within 2^-127 of 2^256. */
const randomKey = (): Secret => new Secret(crypto.getRandomValues(new Uint8Array(32)));

function keyIn(file: string): Secret {
  const text = readText(file).trim();
  try {
    const bytes = fromHex(text.startsWith("0x") ? text : `0x${text}`, 32);
    addressOf(bytes);
    return new Secret(bytes);
  } catch {
    throw new ProtocolError("USAGE", {
      what: `${file} holds no private key of 64 hexadecimal digits`,
    });
  }
}
