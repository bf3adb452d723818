/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

import { type AxeResults, source } from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { ensureBrowser } from "#tools/setup/browser";
import { cacheFolder } from "#tools/setup/cache";

/** A real Chromium without a window, fetched first where it is not there. */
export async function startBrowser(): Promise<Browser> {
  const { program, env } = await ensureBrowser(cacheFolder());
  return await chromium.launch({
    executablePath: program,
    env: { ...process.env, ...env } as Record<string, string>,
    // Tests run as root in containers; what they show is their own.
    args: ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none", "--hide-scrollbars"],
  });
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A line of text on a page, where it is seen, and the boxes that it has to stay in. */
interface Seen {
  readonly text: string;
  readonly box: Box;
  readonly around: readonly (Box & { readonly tag: string })[];
  /** Words of ordinary length that go on in the next line, for want of room. */
  readonly broken: readonly string[];
}

/** All text that can be seen, without what a browser draws in place of text. */
const textsOf = (page: Page): Promise<readonly Seen[]> =>
  page.evaluate(() => {
    const boxOf = ({ left, right, top, bottom }: DOMRect) => ({ left, right, top, bottom });
    const isBox = (element: Element) =>
      /^(?:TD|TH|LI|ARTICLE|DD|DT|FIGURE|MAIN)$/.test(element.tagName) ||
      (element.tagName !== "svg" && getComputedStyle(element).overflow !== "visible");
    const boxesAround = (element: Element | null): Element[] =>
      element && element !== document.body
        ? [...(isBox(element) ? [element] : []), ...boxesAround(element.parentElement)]
        : [];
    const seenIn = (node: Node): Seen[] => {
      const element = node.parentElement;
      const text = node.textContent?.trim() ?? "";
      if (!element?.checkVisibility() || text === "" || element.closest("title, meter")) return [];
      const range = document.createRange();
      range.selectNodeContents(node);
      const around = boxesAround(element).map((box) => ({ ...boxOf(box.getBoundingClientRect()), tag: box.tagName }));
      // What is kept for screen readers and for the keyboard alone is far to the left.
      const lines = [...range.getClientRects()].filter(({ width, right }) => width > 0 && right > 0);
      const broken = [
        ...(node.textContent ?? "").matchAll(/(?<![\p{L}\p{N}])[\p{L}\p{N}]{2,14}(?![\p{L}\p{N}])/gu),
      ].flatMap(({ 0: word, index }) => {
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1 ? [word] : [];
      });
      return lines.map((line) => ({ text: text.slice(0, 60), box: boxOf(line), around, broken }));
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const seen: Seen[] = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) seen.push(...seenIn(node));
    return seen;
  });

/** What a person would see wrong with the layout: text outside of its box or of the page, and texts over each other. */
export async function layoutFaults(page: Page): Promise<string[]> {
  const texts = await textsOf(page);
  const width = await page.evaluate(() => document.documentElement.clientWidth);
  const scrolls = await page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  );
  const outside = texts.flatMap(({ text, box, around, broken }) => [
    ...broken.map((word) => `broken in the middle: ${word}`),
    ...(box.right > width + 1 || box.left < -1 ? [`beyond the page: ${text}`] : []),
    ...around
      .filter((outer) => box.right > outer.right + 1 || box.left < outer.left - 1 || box.bottom > outer.bottom + 2)
      .map(({ tag }) => `out of its ${tag}: ${text}`),
  ]);
  const over = texts.flatMap((one, i) =>
    texts
      .slice(i + 1)
      .flatMap((other) => (areOver(one.box, other.box) ? [`over each other: ${one.text} | ${other.text}`] : [])),
  );
  return [
    ...(texts.length < 20 ? [`only ${texts.length} lines of text are seen: is there a font?`] : []),
    ...(scrolls ? ["the page is wider than the window"] : []),
    ...new Set([...outside, ...over]),
  ];
}

/** The boxes of lines are higher than what is in them. */
function areOver(a: Box, b: Box): boolean {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 1 && height > Math.min(a.bottom - a.top, b.bottom - b.top) * 0.4;
}

/** What axe-core has against the page. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // Over the debugger's wire, which the page's own policy does not bind.
  await page.evaluate(source);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { readonly axe: { run(): Promise<AxeResults> } };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  });
}
