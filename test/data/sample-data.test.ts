import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  policy as exactPolicy,
  ask,
  memberTable,
  type Row,
} from "../programs/location-analytics/support.ts";
import { sampleTelcos } from "../../scripts/sample-data.ts";

const telcos = sampleTelcos();

function rows(csv: string): Row[] {
  const [, ...lines] = csv.trimEnd().split("\n");
  return lines.map((line) => {
    const [latitude, longitude, label] = line.split(",");
    const place = [Number(latitude), Number(longitude)] as const;
    return label === undefined ? place : [...place, label];
  });
}

const tables = {
  locations: telcos.map(({ locationsCsv }, member) => memberTable(member, rows(locationsCsv))),
  training: telcos.map(({ trainingCsv }, member) => memberTable(member, rows(trainingCsv))),
};

describe("sampleTelcos", () => {
  it("gives the same files everywhere", () => {
    const hash = createHash("sha256").update(JSON.stringify(telcos)).digest("hex");
    expect(hash.slice(0, 16)).toBe("cdada6d3fea065de");
  });

  it("has three telcos of a few thousand customers that share places", () => {
    const places = telcos.map(({ locationsCsv }) => locationsCsv.trimEnd().split("\n").slice(1));
    for (const list of places) expect(list.length).toBeGreaterThan(2000);
    const pooled = places.flat();
    expect(pooled.length - new Set(pooled).size).toBeGreaterThan(200);
  });

  it("labels a part of each telco's own customers", () => {
    for (const { locationsCsv, trainingCsv } of telcos) {
      const customers = new Set(locationsCsv.split("\n"));
      const known = trainingCsv.trimEnd().split("\n").slice(1);
      expect(known.every((line) => customers.has(line.slice(0, line.lastIndexOf(","))))).toBe(true);
      expect(new Set(known.map((line) => line.split(",")[2])).size).toBe(3);
    }
  });

  it.each([5, 8])("passes the default gate with %i clusters", (k) => {
    expect(ask("cluster", { params: { k }, tables, policy: exactPolicy() })).toMatchObject({ k });
  });

  it.each(["knn", "naive-bayes"])("passes the default gate with %s", (method) => {
    const output = ask("classify", { params: { method }, tables, policy: exactPolicy() });
    expect(output).toMatchObject({ other: 0, classes: [{}, {}, {}] });
  });
});
