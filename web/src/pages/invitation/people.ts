// Delegates as a list to type: one a line, "name, office".
import type { Person } from "../../api/course";

export function peopleText(people: Person[]): string {
  return people.map((each) => [each.name, each.office].filter(Boolean).join(", ")).join("\n");
}

export function peopleOf(text: string): Person[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const [name = "", ...office] = line.split(",");
      return { name: name.trim(), office: office.join(",").trim() };
    })
    .filter((each) => each.name);
}
