/** Colours that stay apart for every kind of colour vision (Okabe and Ito), and are never the only sign. @module */
const palette = [
  "#0072b2",
  "#e69f00",
  "#009e73",
  "#cc79a7",
  "#56b4e9",
  "#d55e00",
  "#b3a900",
] as const;

export const colourOf = (index: number): string => palette[index % palette.length] ?? palette[0];
