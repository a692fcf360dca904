import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coverageOf, type Position } from "../../../client/web/map/voronoi.ts";

const at = (latitude: number, longitude: number) => ({ latitude, longitude, size: 10 });
const centre = fc.record({
  latitude: fc.integer({ min: -90_000, max: 90_000 }).map((value) => value / 1000),
  longitude: fc.integer({ min: -180_000, max: 180_000 }).map((value) => value / 1000),
  size: fc.integer({ min: 0, max: 1000 }),
});

/** Whether a point lies in a closed ring; the even-odd rule. */
function isInside([x, y]: Position, ring: readonly Position[]): boolean {
  let inside = false;
  for (const [i, [ax, ay]] of ring.entries()) {
    const [bx, by] = ring[(i + 1) % ring.length]!;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

describe("coverage", () => {
  it("gives each tower the area around it", () => {
    const { places, cells } = coverageOf([at(51.5, 0), at(53.4, -2.2), at(52.3, 4.9)]);
    expect(cells.map(({ centre: index }) => index)).toEqual([0, 1, 2]);
    for (const { centre: index, ring } of cells) expect(isInside(places[index]!, ring)).toBe(true);
  });

  it("keeps towers on both sides of the date line together", () => {
    const { places, bounds } = coverageOf([at(-17, 179), at(-18, -179), at(-16, 178)]);
    expect(places[1]).toEqual([181, -18]);
    expect(bounds[2] - bounds[0]).toBeLessThan(6);
  });

  it("stays within what a map can show at the poles", () => {
    const { bounds, cells } = coverageOf([at(90, 10), at(89, -120), at(-90, 3)]);
    expect(bounds[1]).toBeGreaterThanOrEqual(-85);
    expect(bounds[3]).toBeLessThanOrEqual(85);
    for (const { ring } of cells)
      for (const [, latitude] of ring) expect(Math.abs(latitude)).toBeLessThanOrEqual(85.001);
  });

  it("is finite, and closed, for any towers", () => {
    fc.assert(
      fc.property(fc.array(centre, { minLength: 1, maxLength: 30 }), (centres) => {
        const { places, cells, bounds } = coverageOf(centres);
        expect(places).toHaveLength(centres.length);
        expect(bounds.every(Number.isFinite)).toBe(true);
        expect(bounds[0]).toBeLessThan(bounds[2]);
        expect(bounds[1]).toBeLessThan(bounds[3]);
        for (const { ring } of cells) {
          expect(ring.length).toBeGreaterThanOrEqual(4);
          expect(ring[0]).toEqual(ring.at(-1));
          expect(ring.flat().every(Number.isFinite)).toBe(true);
        }
      }),
    );
  });
});
