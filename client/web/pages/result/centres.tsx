/** Released centres: a map of numbered towers, and the same as a table. @module */
import { lazy, Suspense, useCallback } from "react";
import type { Hex } from "../../../../protocol/bytes.ts";
import type { Centre } from "../../../report/map.ts";
import { Act } from "../../parts/act.tsx";
import { saveFile } from "../../parts/save.ts";
import { Table } from "../../parts/table.tsx";
import { count, percent } from "../../parts/text.ts";
import { csvOf, geoJsonOf } from "./files.ts";

const TowerMap = lazy(async () => ({ default: (await import("../../map/towers.tsx")).TowerMap }));

export function Centres({ centres, task }: { centres: readonly Centre[]; task: Hex }) {
  const name = `towers-${task.slice(2, 10)}`;
  const total = centres.reduce((sum, { size }) => sum + size, 0);
  const saveMap = useCallback(
    async () => saveFile(`${name}.geojson`, geoJsonOf(centres), "application/geo+json"),
    [name, centres],
  );
  const saveTable = useCallback(async () => {
    const rows = centres.map(({ latitude, longitude, size }, at) => [
      at + 1,
      latitude,
      longitude,
      size,
    ]);
    saveFile(
      `${name}.csv`,
      csvOf([["tower", "latitude", "longitude", "rows"], ...rows]),
      "text/csv",
    );
  }, [name, centres]);
  return (
    <>
      <h2>Towers</h2>
      <div className="split">
        <Suspense fallback={<p className="soft">Loading the map …</p>}>
          <TowerMap
            centres={centres}
            fileName={name}
            label={`Map of ${centres.length} numbered towers and the area each is nearest to; the table has the same`}
          />
        </Suspense>
        <div>
          <Table
            caption="Towers as released"
            head={["no.", "latitude", "longitude", "rows", "share"]}
            rows={centres.map(({ latitude, longitude, size }, at) => [
              at + 1,
              latitude.toFixed(3),
              longitude.toFixed(3),
              count(size),
              percent(size, total),
            ])}
          />
          <div className="acts">
            <Act label="Save GeoJSON" quiet run={saveMap} />
            <Act label="Save CSV" quiet run={saveTable} />
          </div>
        </div>
      </div>
    </>
  );
}
