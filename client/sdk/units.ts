/** Times and sizes in the words of people, the same on every screen. @module */

/** Block time, in Unix seconds, for people. */
export const moment = (seconds: number): string =>
  new Date(1000 * seconds).toISOString().replace(".000Z", "Z");

/** `1 h 05 min`, `12 min`, `8 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  if (hours === 0) return `${minutes} min`;
  return hours < 48
    ? `${hours} h ${String(minutes).padStart(2, "0")} min`
    : `${Math.floor(hours / 24)} days`;
}

/** Bytes in the unit that gives one to three digits. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
