import { createTheme, type MantineColorsTuple } from "@mantine/core";

const navy: MantineColorsTuple = [
  "#eef3fa",
  "#d9e3f0",
  "#b2c5df",
  "#88a5cd",
  "#658abe",
  "#4f79b5",
  "#4270b1",
  "#335f9c",
  "#28548c",
  "#14263f",
];
const lacquer: MantineColorsTuple = [
  "#fdf0ee",
  "#f6dcd8",
  "#edb5ad",
  "#e48c80",
  "#dc6a5a",
  "#d85542",
  "#d64a35",
  "#be3b28",
  "#aa3322",
  "#95281a",
];

export const theme = createTheme({
  primaryColor: "navy",
  primaryShade: { light: 8, dark: 5 },
  colors: { navy, lacquer },
  fontFamily: "'Be Vietnam Pro', system-ui, sans-serif",
  headings: { fontFamily: "'Be Vietnam Pro', system-ui, sans-serif", fontWeight: "600" },
  defaultRadius: "md",
  cursorType: "pointer",
});
