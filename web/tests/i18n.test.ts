import { expect, test } from "vitest";
import { texts as en } from "../src/i18n/en";
import { parts, texts as vi } from "../src/i18n/vi";
import vietnamese from "../src/i18n/vi.json";

function keys(value: object, prefix = ""): string[] {
  return Object.entries(value).flatMap(([key, child]) =>
    typeof child === "string" ? [`${prefix}${key}`] : keys(child as object, `${prefix}${key}.`),
  );
}

test("both languages have the same keys", () => {
  expect(keys(vi)).toEqual(keys(en));
});

test("placeholders are the same in both languages", () => {
  const placeholders = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map((match) => match[1]).sort();
  const flat = (value: object): string[] =>
    Object.values(value).flatMap((child) => (typeof child === "string" ? [child] : flat(child as object)));
  const texts = flat(en);
  flat(vi).forEach((text, index) => {
    expect(placeholders(text)).toEqual(placeholders(texts[index] ?? ""));
  });
});

test("no part hides texts of the main file", () => {
  expect(Object.keys(parts).filter((name) => name in vietnamese)).toEqual([]);
});
