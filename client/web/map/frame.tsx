/** A map in a page: drawn once, taken away with the page, saved as a picture. @module */
import { useEffect, useRef, useState } from "react";
import type { Map as Chart } from "maplibre-gl";
import { Act } from "../parts/act.tsx";
import { Problem } from "../parts/problem.tsx";
import { saveFile } from "../parts/save.ts";
import { drawWorld } from "./base.ts";

interface FrameProps {
  /** West, south, east, north. */
  readonly bounds: readonly [number, number, number, number];
  /** What the map shows, for who does not see it. */
  readonly label: string;
  readonly fileName: string;
  /** Adds sources and layers; must be stable. */
  readonly draw: (chart: Chart) => void;
}

export function Frame({ bounds, label, fileName, draw }: FrameProps) {
  const container = useRef<HTMLDivElement>(null);
  const drawn = useRef<Chart>(undefined);
  const [state, setState] = useState<"loading" | "drawn">("loading");
  const [error, setError] = useState<unknown>();
  const name = JSON.stringify(bounds);
  useEffect(() => {
    const element = container.current;
    if (!element) return undefined;
    const leaving = new AbortController();
    const { signal } = leaving;
    const begin = async () => {
      const chart = await drawWorld(element, JSON.parse(name) as FrameProps["bounds"], signal);
      signal.throwIfAborted();
      drawn.current = chart;
      draw(chart);
      await chart.once("idle");
      if (!signal.aborted) setState("drawn");
    };
    begin().catch((fault: unknown) => {
      if (!signal.aborted) setError(fault);
    });
    return () => {
      leaving.abort();
      drawn.current = undefined;
      setState("loading");
    };
  }, [name, draw]);
  const save = async () => {
    const canvas = drawn.current?.getCanvas();
    const picture = await new Promise<Blob | null>((done) => canvas?.toBlob(done));
    if (picture) saveFile(`${fileName}.png`, picture);
  };
  return (
    <div>
      <div ref={container} className="map" role="group" aria-label={label} data-state={state} />
      <Problem error={error} />
      <Act label="Save the map as PNG" quiet run={save} disabled={state !== "drawn"} />
    </div>
  );
}
