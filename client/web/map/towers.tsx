/** Numbered towers with the area each is nearest to. @module */
import { useCallback } from "react";
import type { Map as Chart } from "maplibre-gl";
import type { Centre } from "../../report/map.ts";
import { FONT, mapColours } from "./base.ts";
import { colourOf } from "./colours.ts";
import { Frame } from "./frame.tsx";
import { coverageOf, type Coverage } from "./voronoi.ts";

/** Pixels: more rows, more area. */
const LARGEST = 22;
const SMALLEST = 9;

interface TowerMapProps {
  readonly centres: readonly Centre[];
  readonly label: string;
  readonly fileName: string;
}

export function TowerMap({ centres, label, fileName }: TowerMapProps) {
  const draw = useCallback((chart: Chart) => drawTowers(chart, centres), [centres]);
  const { bounds } = coverageOf(centres);
  return <Frame bounds={bounds} label={label} fileName={fileName} draw={draw} />;
}

function drawTowers(chart: Chart, centres: readonly Centre[]): void {
  const coverage = coverageOf(centres);
  const { ink, halo } = mapColours();
  chart.addSource("cells", { type: "geojson", data: cellsIn(coverage) });
  chart.addSource("towers", { type: "geojson", data: towersIn(coverage, centres) });
  chart.addLayer({
    id: "cells",
    type: "fill",
    source: "cells",
    paint: { "fill-color": ["get", "colour"], "fill-opacity": 0.28 },
  });
  chart.addLayer({
    id: "edges",
    type: "line",
    source: "cells",
    paint: { "line-color": ink, "line-width": 1, "line-opacity": 0.6 },
  });
  chart.addLayer({
    id: "towers",
    type: "circle",
    source: "towers",
    paint: {
      "circle-radius": ["get", "radius"],
      "circle-color": ["get", "colour"],
      "circle-opacity": 0.75,
      "circle-stroke-color": halo,
      "circle-stroke-width": 2,
    },
  });
  chart.addLayer({
    id: "numbers",
    type: "symbol",
    source: "towers",
    layout: {
      "text-field": ["get", "number"],
      "text-font": FONT,
      "text-size": 16,
      "text-allow-overlap": true,
    },
    paint: { "text-color": ink, "text-halo-color": halo, "text-halo-width": 2 },
  });
}

const cellsIn = ({ cells }: Coverage): GeoJSON.FeatureCollection => ({
  type: "FeatureCollection",
  features: cells.map(({ centre, ring }) => ({
    type: "Feature",
    properties: { colour: colourOf(centre) },
    geometry: { type: "Polygon", coordinates: [ring.map((place) => [...place])] },
  })),
});

function towersIn({ places }: Coverage, centres: readonly Centre[]): GeoJSON.FeatureCollection {
  const most = Math.max(1, ...centres.map(({ size }) => size));
  return {
    type: "FeatureCollection",
    features: places.map((place, at) => ({
      type: "Feature",
      properties: {
        number: String(at + 1),
        colour: colourOf(at),
        radius: SMALLEST + (LARGEST - SMALLEST) * Math.sqrt((centres[at]?.size ?? 0) / most),
      },
      geometry: { type: "Point", coordinates: [...place] },
    })),
  };
}
