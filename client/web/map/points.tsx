/** Points on a map, on this machine only. @module */
import { useCallback, useMemo } from "react";
import type { Map as Chart } from "maplibre-gl";
import { unrolled } from "../../report/map.ts";
import type { Point } from "../places.ts";
import { mapColours } from "./base.ts";
import { colourOf } from "./colours.ts";
import { Frame } from "./frame.tsx";
import type { Position } from "./voronoi.ts";

interface PointMapProps {
  readonly points: readonly Point[];
  /** Index of each point's colour; absent: all the same. */
  readonly groups?: readonly number[];
  readonly label: string;
}

const NORTHMOST = 85;
/** Degrees around the points. */
const MARGIN = 0.5;

export function PointMap({ points, groups, label }: PointMapProps) {
  const places = useMemo(
    () =>
      unrolled(points.map(([longitude, latitude]) => ({ longitude, latitude }))).map(
        ({ longitude, latitude }): Position => [longitude, latitude],
      ),
    [points],
  );
  const draw = useCallback((chart: Chart) => drawPoints(chart, places, groups), [places, groups]);
  const xs = places.map(([x]) => x);
  const ys = places.map(([, y]) => y);
  const bounds = [
    Math.min(...xs) - MARGIN,
    Math.max(-NORTHMOST, Math.min(...ys) - MARGIN),
    Math.max(...xs) + MARGIN,
    Math.min(NORTHMOST, Math.max(...ys) + MARGIN),
  ] as const;
  return <Frame bounds={bounds} label={label} fileName="rows" draw={draw} />;
}

function drawPoints(
  chart: Chart,
  places: readonly Position[],
  groups: readonly number[] | undefined,
): void {
  const { halo } = mapColours();
  chart.addSource("points", {
    type: "geojson",
    data: {
      type: "FeatureCollection",
      features: places.map((place, at) => ({
        type: "Feature",
        properties: { colour: colourOf(groups?.[at] ?? 0) },
        geometry: { type: "Point", coordinates: place },
      })),
    },
  });
  chart.addLayer({
    id: "points",
    type: "circle",
    source: "points",
    paint: {
      "circle-radius": 4,
      "circle-color": ["get", "colour"],
      "circle-opacity": 0.7,
      "circle-stroke-color": halo,
      "circle-stroke-width": 0.5,
    },
  });
}
