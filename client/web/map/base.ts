/** A world without tiles, keys or a network: land and borders of Natural Earth out of the app's own files. @module */
import {
  Map as Chart,
  NavigationControl,
  setWorkerUrl,
  type StyleSpecification,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import { feature, mesh } from "topojson-client";
import worldUrl from "world-atlas/countries-50m.json?url";

setWorkerUrl(workerUrl);

type World = Parameters<typeof feature>[0];
/** What the atlas calls `countries`. */
type Shapes = Extract<Parameters<typeof mesh>[1], object>;
let world: Promise<World> | undefined;

async function readWorld(): Promise<World> {
  const response = await fetch(worldUrl);
  return (await response.json()) as World;
}

/** Fonts of the machine: a map server's glyphs would need a network. */
export const FONT = ["Arial", "sans-serif"];

const isDark = (): boolean => matchMedia("(prefers-color-scheme: dark)").matches;

/** Paper of the map, and ink that can be read on it. */
export function mapColours() {
  return isDark()
    ? { sea: "#16222c", land: "#2d3b46", border: "#5d7080", ink: "#ffffff", halo: "#0b1218" }
    : { sea: "#dbe7ef", land: "#f7f5ef", border: "#b1bcc4", ink: "#10202c", halo: "#ffffff" };
}

/**
 * Draws the base map.
 * @param bounds west, south, east, north in degrees; east may lie past 180
 * @param leaving takes the map away, also before it is drawn: browsers allow few at a time
 */
export async function drawWorld(
  container: HTMLElement,
  bounds: readonly [number, number, number, number],
  leaving: AbortSignal,
): Promise<Chart> {
  world ??= readWorld();
  const atlas = await world;
  leaving.throwIfAborted();
  const { countries } = atlas.objects;
  const { sea, land, border } = mapColours();
  const style: StyleSpecification = {
    version: 8,
    sources: {
      land: { type: "geojson", data: feature(atlas, countries as Shapes) as GeoJSON.GeoJSON },
      borders: {
        type: "geojson",
        data: mesh(atlas, countries as Shapes, (a, b) => a !== b) as GeoJSON.GeoJSON,
      },
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": sea } },
      { id: "land", type: "fill", source: "land", paint: { "fill-color": land } },
      { id: "borders", type: "line", source: "borders", paint: { "line-color": border } },
    ],
  };
  const [west, south, east, north] = bounds;
  const chart = new Chart({
    container,
    style,
    bounds: [
      [west, south],
      [east, north],
    ],
    fitBoundsOptions: { padding: 24 },
    maxZoom: 14,
    attributionControl: { compact: true, customAttribution: "Natural Earth" },
    // A picture of the map can be saved only from a buffer that is kept.
    canvasContextAttributes: { preserveDrawingBuffer: true },
  });
  leaving.addEventListener("abort", () => chart.remove(), { once: true });
  chart.addControl(new NavigationControl({ showCompass: false }));
  await chart.once("load");
  return chart;
}
