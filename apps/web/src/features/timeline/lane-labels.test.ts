import { expect, test } from "vitest";
import { labelParts } from "./lane-labels";

test.each([
  ["a common beginning", ["@bakery_anna", "@bakery_ben"], ["@bakery_|anna", "@bakery_|ben"]],
  ["one that is another's beginning", ["@bakery_1", "@bakery_12"], ["@bakery_|1", "@bakery_|12"]],
  ["part of a word in common", ["@bakery_anna", "@bakery_anton"], ["@bakery_|anna", "@bakery_|anton"]],
  ["no word in common", ["longname1", "longname2"], ["longname|1", "longname|2"]],
  ["little in common", ["@anna", "@ben"], ["@anna|", "@ben|"]],
  ["one label twice", ["Account", "Account"], ["Accoun|t", "Accoun|t"]],
  ["a label alone", ["@bakery_anna"], ["@bakery_anna|"]],
  ["none", [], []],
])("labels with %s are cut where they are alike", (_, labels, parts) => {
  expect(labelParts(labels).map(({ common, own }) => `${common}|${own}`)).toEqual(parts);
});
