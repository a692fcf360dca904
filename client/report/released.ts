/** What is in an output, for whoever shows it. An output is some program's: whatever does not have the form is left out. @module */
import type { Centre } from "./map.ts";

/** More than any policy releases. */
const MAX_CENTRES = 1000;

type Fields = Readonly<Record<string, unknown>>;

/** The field of an output, when it is a list of objects. */
function listIn(value: unknown, field: string): Fields[] {
  if (typeof value !== "object" || value === null) return [];
  const list = (value as Fields)[field];
  if (!Array.isArray(list) || list.length > MAX_CENTRES) return [];
  return list.filter((item): item is Fields => typeof item === "object" && item !== null);
}

/** Centres of clusters, of an output that has some. */
export function centresIn(value: unknown): Centre[] {
  return ["centres", "clusters"]
    .flatMap((field) => listIn(value, field))
    .flatMap((item) => {
      const { latitude, longitude } = item;
      const size = item["size"] ?? item["rows"] ?? 0;
      const isCentre =
        isWithin(latitude, 90) &&
        isWithin(longitude, 180) &&
        isWithin(size, Number.MAX_SAFE_INTEGER);
      return isCentre ? [{ latitude, longitude, size: Math.max(0, size) }] : [];
    });
}

/** Sizes of classes, of an output that has some. */
export const classesIn = (value: unknown): { label: string; rows: number }[] =>
  listIn(value, "classes").flatMap(({ label, rows }) =>
    typeof label === "string" && typeof rows === "number" ? [{ label, rows }] : [],
  );

const isWithin = (value: unknown, limit: number): value is number =>
  typeof value === "number" && Math.abs(value) <= limit;

/** How well classes were predicted on rows held out. */
export interface HeldOut {
  readonly rows: number;
  /** Fraction of them. */
  readonly accuracy: number;
  /** Of the lines and columns of the matrix. */
  readonly labels: readonly string[];
  /** Counts: a line for each true class, a column for each predicted one. */
  readonly matrix: readonly (readonly number[])[];
}

/** What classes too small to be named are called together: the last line and column of a matrix. */
const OTHER = "other";

/** The hold-out figures of an output that has some; labels and matrix only when they fit together. */
export function heldOutIn(value: unknown): HeldOut | undefined {
  const holdout = fieldsOf(fieldsOf(value)?.["holdout"]);
  if (!holdout) return undefined;
  const { rows, accuracy } = holdout;
  if (typeof rows !== "number" || typeof accuracy !== "number") return undefined;
  const named = listOf(holdout["labels"], isText);
  const matrix = listOf(holdout["matrix"], isCounts);
  const sides = matrix.length;
  const fits =
    (sides === named.length || sides === named.length + 1) &&
    matrix.every((line) => line.length === sides);
  const labels = sides > named.length ? [...named, OTHER] : named;
  return { rows, accuracy, labels: fits ? labels : [], matrix: fits ? matrix : [] };
}

/** Classes of the asker's own points, of an output that has some. */
export const predictionsIn = (value: unknown): readonly string[] =>
  listOf(fieldsOf(value)?.["predictions"], isText);

const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === "object" && value !== null ? (value as Fields) : undefined;

/** The list when all of it is of this form, otherwise an empty one. */
const listOf = <T>(value: unknown, is: (item: unknown) => item is T): readonly T[] =>
  Array.isArray(value) && value.every(is) ? value : [];

const isText = (item: unknown): item is string => typeof item === "string";
const isCounts = (line: unknown): line is number[] =>
  Array.isArray(line) && line.every((entry) => Number.isFinite(entry));
