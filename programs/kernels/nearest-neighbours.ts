/** k nearest neighbours, exact, by a k-d tree; ties that no order of rows decides. @module */
import type { Classifier } from "./classifier.ts";
import type { Positions } from "./positions.ts";

const MILLION = 1_000_000;
/** Rows that are looked at one by one. */
const LEAF = 16;

/**
 * A classifier by majority among the nearest rows. Of rows equally far the lower label counts as nearer, of labels with equally many
 * votes the lower one wins: which rows were asked then no longer depends on their order.
 *
 * Square distance in IEEE doubles: a = dx cosine / 10^6 (the product is exact), then a a + dy dy, each operation rounded. A row 0.01°
 * east and one 0.01° west are equally far, as gridded data have them by the thousand.
 * @param rows micro-degrees, longitudes east of the middle of the map; at least `neighbours` of them
 * @param codes label of each row
 * @param labels number of labels
 * @param cosine 10^6 times the length of a degree of longitude over one of latitude
 */
export function nearestNeighbours(
  { longitude, latitude }: Positions,
  codes: Uint32Array,
  labels: number,
  neighbours: number,
  cosine: number,
): Classifier {
  const order = Uint32Array.from(codes.keys());
  split(order, longitude, latitude);
  // In the order of the tree: rows that are looked at together lie together in memory.
  const x = Int32Array.from(order, (row) => longitude[row]!);
  const y = Int32Array.from(order, (row) => latitude[row]!);
  const labelOf = Uint32Array.from(order, (row) => codes[row]!);
  const distances = new Float64Array(neighbours);
  const found = new Uint32Array(neighbours);
  let askedX = 0;
  let askedY = 0;

  const consider = (node: number): void => {
    const across = ((askedX - x[node]!) * cosine) / MILLION;
    const along = askedY - y[node]!;
    const distance = across * across + along * along;
    const code = labelOf[node]!;
    let at = neighbours - 1;
    if (!isNearer(distance, code, distances[at]!, found[at]!)) return;
    for (; at > 0 && isNearer(distance, code, distances[at - 1]!, found[at - 1]!); at--) {
      distances[at] = distances[at - 1]!;
      found[at] = found[at - 1]!;
    }
    distances[at] = distance;
    found[at] = code;
  };
  const visit = (from: number, to: number, byX: boolean): void => {
    if (to - from <= LEAF) {
      for (let node = from; node < to; node++) consider(node);
      return;
    }
    const middle = (from + to) >>> 1;
    consider(middle);
    const gap = byX ? ((askedX - x[middle]!) * cosine) / MILLION : askedY - y[middle]!;
    // Rounding is monotone: no row beyond the line is nearer than the line. An equally far one may have a lower label.
    if (gap < 0) {
      visit(from, middle, !byX);
      if (gap * gap <= distances[neighbours - 1]!) visit(middle + 1, to, !byX);
    } else {
      visit(middle + 1, to, !byX);
      if (gap * gap <= distances[neighbours - 1]!) visit(from, middle, !byX);
    }
  };
  return (toX, toY) => {
    askedX = toX;
    askedY = toY;
    distances.fill(Infinity);
    visit(0, order.length, true);
    return majority(found, labels);
  };
}

/** The most frequent code, of equally frequent ones the lowest. */
function majority(codes: Uint32Array, labels: number): number {
  const votes = new Uint32Array(labels);
  let winner = 0;
  for (const code of codes) {
    const count = ++votes[code]!;
    const most = votes[winner]!;
    if (count > most || (count === most && code < winner)) winner = code;
  }
  return winner;
}

function isNearer(distance: number, code: number, than: number, thanCode: number): boolean {
  return distance < than || (distance === than && code < thanCode);
}

/** Orders rows as a tree: the middle row of a range splits it by x, those of the halves by y, and so on. */
function split(order: Uint32Array, x: Int32Array, y: Int32Array): void {
  const build = (rows: Uint32Array, values: Int32Array, others: Int32Array): void => {
    if (rows.length <= LEAF) return;
    const middle = rows.length >>> 1;
    select(rows, middle, values);
    build(rows.subarray(0, middle), others, values);
    build(rows.subarray(middle + 1), others, values);
  };
  build(order, x, y);
}

/** Moves rows so that the one at `middle` is where sorting by value would put it, smaller ones before it. */
function select(rows: Uint32Array, middle: number, values: Int32Array): void {
  let [from, to] = [0, rows.length - 1];
  while (from < to) {
    const pivot = values[rows[(from + to) >>> 1]!]!;
    let [low, high] = [from, to];
    while (low <= high) {
      while (values[rows[low]!]! < pivot) low++;
      while (values[rows[high]!]! > pivot) high--;
      if (low > high) break;
      [rows[low], rows[high]] = [rows[high]!, rows[low]!];
      low++;
      high--;
    }
    if (middle <= high) to = high;
    else if (middle >= low) from = low;
    else return;
  }
}
