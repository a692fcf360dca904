/** Files for the person at the page: made here, going nowhere else. @module */

const FREE_MS = 10_000;

/** Offers a file for download. */
export function saveFile(name: string, content: string | Blob, type = "application/json"): void {
  const blob = typeof content === "string" ? new Blob([content], { type }) : content;
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), FREE_MS);
}
