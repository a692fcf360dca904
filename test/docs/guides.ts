/**
 * Reading the guides. A ```console block is what somebody sees in a terminal:
 *
 *     acme$ cloister vault deposit 100tok      typed in the terminal of "acme"; a \ at the end goes on in the next line
 *     in the vault: 100 tokens                 what it prints
 *     ...                                      lines left out
 *
 * A block ```json acme:towers.json is a file that Acme saves under that name. `0x1f2e…` is a hash or an address cut short: the same text
 * is the same value wherever it stands, in all guides. A command without lines under it may print what it likes.
 */

export interface Step {
  /** Whose terminal, or whose file. */
  readonly who: string;
  /** For messages: the first line of it. */
  readonly title: string;
  readonly file?: { readonly name: string; readonly text: string };
  readonly command?: string;
  /** Lines that are shown under a command. */
  readonly shown: readonly string[];
}

const FENCE = /^```(\S+)(?: (\S+))?\n(.*?)^```$/gms;
const PROMPT = /^([a-z]+)\$ (.*)$/;

/** All a guide tells its readers to do, in order. */
export function stepsOf(markdown: string): Step[] {
  return [...markdown.matchAll(FENCE)].flatMap(([, kind, place, body = ""]) => {
    if (kind === "console") return commandsOf(body);
    const [who, name] = place?.split(":") ?? [];
    if (who === undefined || name === undefined) return [];
    return [{ who, title: `saves ${name}`, file: { name, text: body }, shown: [] }];
  });
}

function commandsOf(block: string): Step[] {
  const steps: { who: string; title: string; command: string; shown: string[] }[] = [];
  let open = false;
  for (const line of block.trimEnd().split("\n")) {
    const [, who, typed] = PROMPT.exec(line) ?? [];
    const last = steps.at(-1);
    if (open && last) last.command += `\n${line}`;
    else if (who !== undefined && typed !== undefined)
      steps.push({ who, title: typed, command: typed, shown: [] });
    else if (last) last.shown.push(line);
    else throw new TypeError(`a console block begins without a prompt: ${line}`);
    open = (open || typed !== undefined) && line.endsWith("\\");
  }
  return steps;
}

/** Whether what is shown is a refusal: an error code, a fault that was found, a bad row. */
export const showsFailure = (shown: readonly string[]): boolean =>
  shown.some((line) => /^(?:[A-Z]+(?:_[A-Z]+)*: |FAIL |Row \d)|\bFAULT\b/.test(line));

/** What differs from reader to reader, by the text that stands for it in the guides: hashes, endpoints, folders. */
export class Names {
  readonly #values = new Map<string, string>();

  set(name: string, value: string): void {
    this.#values.set(name, value);
  }

  get(name: string): string {
    const value = this.#values.get(name);
    if (value === undefined) throw new TypeError(`nothing printed before shows what ${name} is`);
    return value;
  }

  /** What a reader types where the guide has this. */
  typed(text: string): string {
    return text.replace(NAMED, (name) => this.get(name));
  }

  /** Learns the names in `shown` from what was printed; undefined when the words differ. */
  read(shown: string, printed: string): readonly [string, string][] | undefined {
    const names: string[] = [];
    const parts = plain(shown).split(VARYING);
    const kinds = plain(shown).match(VARYING) ?? [];
    const pattern = parts.map((part, i) => {
      const varying = kinds[i];
      if (varying === undefined) return escape(part);
      if (!isName(varying)) return escape(part) + alikeTo(varying);
      names.push(varying);
      const known = this.#values.get(varying);
      return `${escape(part)}(${known === undefined ? alikeTo(varying) : escape(known)})`;
    });
    const found = new RegExp(`^${pattern.join("")}$`).exec(plain(printed));
    return found?.slice(1).map((value, i) => [names[i] ?? "", value] as const) as
      [string, string][] | undefined;
  }
}

/** Columns are padded to what stands in them. */
const plain = (line: string): string => line.trim().replace(/\s+/g, " ");
const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

const NAMED = /0x[0-9a-f]{4,}…|127\.0\.0\.1:\d+|\/(?:home|tmp)\/[a-z]+/g;
const isName = (text: string): boolean => /^(?:0x|127|\/)/.test(text);

/** What is another with each reader, and the form it has. */
const alike: readonly (readonly [RegExp, string])[] = [
  [/0x[0-9a-f]{4,}…/, "0x[0-9a-fA-F]+"],
  [/127\.0\.0\.1:\d+/, String.raw`127\.0\.0\.1:\d+`],
  [/\/(?:home|tmp)\/[a-z]+/, String.raw`/\S+?`],
  [/\d{4}-\d\d-\d\dT[\d:]+Z/, String.raw`\d{4}-\d\d-\d\dT[\d:]+Z`],
  [/\d+ (?:h \d\d min|days|min|s)\b/, String.raw`\d+ (?:h \d\d min|days|min|s)`],
  [/\d+\.\d+ coins/, String.raw`\d+(?:\.\d+)? coins`],
  [/\d+ gas/, String.raw`\d+ gas`],
  [/block \d+\b/, String.raw`block \d+`],
  [/block":\d+/, String.raw`block":\d+`],
  [/\d{6,}/, String.raw`\d+`],
];
const VARYING = new RegExp(alike.map(([form]) => form.source).join("|"), "g");
const alikeTo = (text: string): string =>
  alike.find(([form]) => new RegExp(`^(?:${form.source})$`).test(text))?.[1] ?? escape(text);

/**
 * Compares what was printed with what a guide shows, and learns names from it.
 * @param whole whether nothing may come after what is shown
 * @returns the first shown line that is not there; undefined when all are
 */
export function firstDifference(
  shown: readonly string[],
  printed: readonly string[],
  names: Names,
  whole = true,
): string | undefined {
  let at = 0;
  let skips = false;
  for (const line of shown) {
    if (line === "...") {
      skips = true;
      continue;
    }
    const last = skips ? printed.length : at + 1;
    const found = printed.slice(at, last).findIndex((text) => names.read(line, text));
    if (found === -1) return line;
    for (const [name, value] of names.read(line, printed[at + found] ?? "") ?? [])
      names.set(name, value);
    at += found + 1;
    skips = false;
  }
  if (!whole || skips || at === printed.length) return undefined;
  return `the end; then came: ${printed[at]}`;
}
