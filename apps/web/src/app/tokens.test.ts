import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

type Rgb = [number, number, number];

/** OKLCH to linear sRGB, clipped to what a screen shows. https://www.w3.org/TR/css-color-4/#color-conversion-code */
function linearRgb(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (value: number) => Math.min(1, Math.max(0, value));
  return [
    clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const css = readFileSync(new URL("tokens.css", import.meta.url), "utf8");

function tokensOf(selector: string): Map<string, Rgb> {
  const block = css.slice(css.indexOf(selector)).split("}")[0] ?? "";
  const declarations = block.matchAll(/--([\w-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\);/g);
  return new Map(
    [...declarations].map(([, name, l, c, h]) => [name ?? "", linearRgb(Number(l), Number(c), Number(h))]),
  );
}

const light = tokensOf(":root");
const dark = tokensOf('[data-theme="dark"]');
const grounds = ["bg", "surface", "raised", "hover"];
const pairs: Array<[string, string, number]> = [
  ...grounds.flatMap(
    (ground): Array<[string, string, number]> => [
      ["text", ground, 4.5],
      ["muted", ground, 4.5],
      ["accent", ground, 4.5],
      ["edge", ground, 3],
      ...["ok", "wait", "refuse", "dead", "info"].map((mark): [string, string, number] => [mark, ground, 3]),
    ],
  ),
  ["on-accent", "accent", 4.5],
  ["on-accent", "accent-strong", 4.5],
  ["on-dead", "dead", 4.5],
];

test("both themes name the same tokens", () => {
  expect([...light.keys()].sort()).toEqual([...dark.keys()].sort());
  expect(light.size).toBeGreaterThan(15);
});

test.each([
  ["light", light],
  ["dark", dark],
] as const)("the %s theme can be read", (_, tokens) => {
  const weak = pairs.flatMap(([ink, ground, least]) => {
    const [a, b] = [tokens.get(ink), tokens.get(ground)];
    const ratio = a === undefined || b === undefined ? 0 : contrast(a, b);
    return ratio >= least ? [] : [`${ink} on ${ground}: ${ratio.toFixed(2)} < ${least}`];
  });
  expect(weak).toEqual([]);
});
