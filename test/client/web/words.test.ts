/** What strangers write, on its way to the screen and to files. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainName, visible } from "../../../client/web/parts/text.ts";
import { csvOf, geoJsonOf } from "../../../client/web/pages/result/files.ts";
import { parametersOf, valuesFrom } from "../../../client/web/pages/ask/schema.ts";
import { membersOf } from "../../../client/web/pages/new/draft.ts";
import { parsePlace } from "../../../client/web/state/place.ts";
import { originsOf } from "../../../protocol/origins.ts";
import { centresIn, classesIn, heldOutIn, predictionsIn } from "../../../client/report/released.ts";

describe("names", () => {
  it("cannot turn the writing around, hide, or fill the page", () => {
    expect(visible("Acme\u202egnikrow\u200b\u0000")).toBe("Acme\u25a1gnikrow\u25a1\u25a1");
    expect(plainName("x".repeat(500))).toHaveLength(65);
    expect(plainName("Telco <b>Ä</b> 中")).toBe("Telco <b>Ä</b> 中");
  });
});

describe("files of results", () => {
  it("quote what CSV must quote, and keep formulas from spreadsheets", () => {
    expect(csvOf([["a,b", 'say "x"', "=1+1", -3]])).toBe(`"a,b","say ""x""",'=1+1,-3\n`);
  });

  it("are GeoJSON with longitude first", () => {
    const [feature] = (
      JSON.parse(geoJsonOf([{ latitude: 51.5, longitude: -0.1, size: 3 }])) as {
        features: object[];
      }
    ).features;
    expect(feature).toMatchObject({
      geometry: { type: "Point", coordinates: [-0.1, 51.5] },
      properties: { tower: 1, rows: 3 },
    });
  });
});

describe("parameters", () => {
  const schema = {
    type: "object",
    properties: {
      k: { type: "integer", minimum: 1, maximum: 50 },
      method: { type: "string", enum: ["knn", "naive-bayes"] },
      scale: { type: "number" },
      loud: { type: "boolean" },
      weights: { type: "array" },
    },
    required: ["k"],
  };

  it("are fields of the schema", () => {
    expect(parametersOf(schema)).toMatchObject([
      { name: "k", kind: "integer", required: true, minimum: 1, maximum: 50 },
      { name: "method", kind: "one of", options: ["knn", "naive-bayes"], required: false },
      { name: "scale", kind: "number" },
      { name: "loud", kind: "yes" },
      { name: "weights", kind: "json" },
    ]);
  });

  it("become values; what does not fit is left for the schema to refuse", () => {
    const texts = { k: "8", method: "knn", scale: "2.5", weights: "[1,2]", loud: "true" };
    const values = { k: 8, method: "knn", scale: 2.5, weights: [1, 2], loud: true };
    expect(valuesFrom(schema, texts)).toEqual(values);
    expect(valuesFrom(schema, { k: "eight" })).toEqual({ k: "eight", loud: false });
    expect(valuesFrom(schema, { k: "" })).toEqual({ loud: false });
  });

  it("of any schema are read without a throw", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (any, text) => {
        const fields = parametersOf({ properties: any });
        const texts = Object.fromEntries(fields.map(({ name }) => [name, text]));
        expect(typeof valuesFrom({ properties: any }, texts)).toBe("object");
      }),
    );
  });
});

describe("text from elsewhere", () => {
  it("is a member's card, or no card", () => {
    const card = {
      account: `0x${"11".repeat(20)}`,
      consentKey: `0x${"22".repeat(20)}`,
      sealingKey: `0x02${"33".repeat(32)}`,
      abilities: 15,
    };
    expect(membersOf(`${JSON.stringify(card)}\n\n x \n`)).toEqual([card, undefined]);
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(membersOf(text).every((member) => member === undefined)).toBe(true);
      }),
    );
  });

  it("is a deployment, or CONFIG_INVALID", () => {
    const place = {
      secretContracts: `0x${"Aa".repeat(20)}`,
      chainId: 31337,
      rpc: "http://127.0.0.1:8545",
    };
    expect(parsePlace(JSON.stringify(place)).deployment).toEqual({
      chainId: 31337,
      contracts: `0x${"aa".repeat(20)}`,
    });
    const refused = [
      "",
      "[]",
      JSON.stringify({ ...place, rpc: "javascript:alert(1)" }),
      JSON.stringify({ ...place, chainId: undefined }),
      JSON.stringify({ ...place, evil: 1 }),
      " ".repeat(20_000),
    ];
    for (const text of refused)
      expect(() => parsePlace(text)).toThrow(
        expect.objectContaining({ code: "CONFIG_INVALID" }) as Error,
      );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => parsePlace(text)).toThrow(
          expect.objectContaining({ code: "CONFIG_INVALID" }) as Error,
        );
      }),
    );
  });

  it("is an origin to connect to only as http(s)", () => {
    const urls = ["http://a:1/x", "https://b/y?z", "javascript:1", "data:,x", "http://a:1/", "; *"];
    expect(originsOf(urls)).toEqual(["http://a:1", "https://b"]);
  });
});

describe("outputs", () => {
  it("of any form are read without a throw, and only what fits is shown", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(centresIn(value).every(({ size }) => size >= 0)).toBe(true);
        expect(classesIn(value).every(({ rows }) => typeof rows === "number")).toBe(true);
        expect(predictionsIn(value).every((label) => typeof label === "string")).toBe(true);
        const heldOut = heldOutIn(value);
        expect(heldOut === undefined || typeof heldOut.accuracy === "number").toBe(true);
      }),
    );
  });

  it("have a matrix only when it fits its labels, with a last line for the unnamed", () => {
    const two = [
      [1, 1],
      [1, 1],
    ];
    const three = [
      [1, 1, 0],
      [1, 1, 0],
      [0, 0, 4],
    ];
    const holdout = { rows: 4, accuracy: 0.5, labels: ["a", "b"], matrix: two };
    expect(heldOutIn({ holdout })).toMatchObject({ labels: ["a", "b"], matrix: two });
    expect(heldOutIn({ holdout: { ...holdout, matrix: three } })).toMatchObject({
      labels: ["a", "b", "other"],
      matrix: three,
    });
    for (const wrong of [{ matrix: [[1], [1, 1]] }, { labels: [1, 2] }, { matrix: "x" }])
      expect(heldOutIn({ holdout: { ...holdout, ...wrong } })).toMatchObject({
        labels: [],
        matrix: [],
      });
  });
});
