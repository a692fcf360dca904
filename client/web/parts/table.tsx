/** A table that scrolls by itself on a narrow screen. @module */
import type { ReactNode } from "react";

interface TableProps {
  /** What it is about; read aloud first. */
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly ReactNode[])[];
  /** Shown in place of rows when there are none. */
  readonly empty?: string;
}

export function Table({ caption, head, rows, empty = "None." }: TableProps) {
  if (rows.length === 0) return <p className="soft">{empty}</p>;
  return (
    <div className="scroll" tabIndex={0} role="group" aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={head[column]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
