import { expect, test } from "vitest";
import en from "../src/i18n/en.json";
import vi from "../src/i18n/vi.json";

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
  const english = flat(en);
  flat(vi).forEach((text, index) => {
    expect(placeholders(text)).toEqual(placeholders(english[index] ?? ""));
  });
});
