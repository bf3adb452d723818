import { type Node, parseXmlFragment, serializeToWellFormedString } from "slimdom";
import { SqlError, sqlError } from "../messages";
import type { SqlValue, Variant } from "../types";

/** The type allows several elements and text at its top: a document node in every way but DOM's own. */
function parseXml(text: string): Node {
  const content = text.replace(/^\s*<\?xml\s[^?]*\?>/, "");
  try {
    const fragment = parseXmlFragment(content);
    Object.defineProperty(fragment, "nodeType", { value: documentNode });
    dropBlanks(fragment);
    return fragment;
  } catch (error) {
    throw parsingError(error instanceof Error ? error.message : "", text.length - content.length);
  }
}

const [documentNode, fragmentNode, textNode] = [9, 11, 3];

/** Blanks between elements are not kept, unless xml:space says so. */
function dropBlanks(node: Node): void {
  for (const child of [...node.childNodes]) {
    if (child.nodeType !== textNode) dropBlanks(child);
    else if (/^\s*$/.test(child.nodeValue ?? "") && node.childNodes.length > 1) node.removeChild(child);
  }
  if (node.nodeType === documentNode && node.childNodes.length === 1 && /^\s*$/.test(node.firstChild?.nodeValue ?? "x"))
    node.removeChild(node.firstChild as Node);
}

/** The parser's message as the server words it; 94xx say what is wrong at which place. */
function parsingError(message: string, skipped: number): SqlError {
  const [, line = "1", character = "1"] = /At line (\d+), character (\d+)/.exec(message) ?? [];
  const [number, said] = messages.find(([pattern]) => pattern.test(message))?.slice(1) ?? [
    9400,
    "unexpected end of input",
  ];
  const { severity, text } = sqlError(9400, line, Number(character) + (line === "1" ? skipped : 0), String(said));
  return new SqlError(Number(number), severity, text);
}

const messages: readonly (readonly [RegExp, number, string])[] = [
  [/found end tag .* but expected/, 9436, "end tag does not match start tag"],
  [/missing a closing tag/, 9400, "unexpected end of input"],
  [/unknown entity/, 9448, "well formed check: undeclared entity"],
  [/quoted attribute value/, 9413, "A string literal was expected"],
  [/must not appear multiple times/, 9437, "duplicate attribute"],
  [/undeclared element prefix|undeclared attribute prefix/, 9459, "undeclared prefix"],
  [/expected "end of input"/, 9455, "illegal qualified name character"],
];

function xmlText(node: Node): string {
  if (node.nodeType !== documentNode) return serializeToWellFormedString(node);
  return node.childNodes.map((child) => serializeToWellFormedString(child)).join("");
}

/** What a value is when it becomes xml: parsed, and written anew. */
export const normalizedXml = (text: string): string => xmlText(parseXml(text));

/** Nodes that nodes() has found, beside the values that stand for them in its rows. */
const found = new WeakMap<Variant, Node>();
/** The documents that were parsed last: a query asks the same one again for each of its rows. */
const parsed = new Map<string, Node>();

function nodeOf(value: SqlValue): Node {
  if (value !== null && typeof value === "object" && "type" in value) {
    const node = found.get(value);
    if (node) return node;
  }
  const text = String(value);
  const known = parsed.get(text) ?? parseXml(text);
  if (parsed.size >= 16) parsed.clear();
  parsed.set(text, known);
  return known;
}

export type XQueryVariables = Readonly<Record<string, string | number | boolean | null>>;

/** Loaded with the first query over xml: that takes as long as much of a lab's start, and most labs never see one. */
function xquery() {
  const { evaluateXPath, evaluateXPathToNodes }: typeof import("fontoxpath") = require("fontoxpath");
  return { evaluateXPath, evaluateXPathToNodes, options: { language: evaluateXPath.XQUERY_3_1_LANGUAGE } };
}

/** The items that the query finds. */
function evaluate(value: SqlValue, query: string, variables: XQueryVariables): readonly unknown[] {
  const { evaluateXPath, options } = xquery();
  return evaluateXPath(query, nodeOf(value), null, variables, evaluateXPath.ALL_RESULTS_TYPE, options);
}

function evaluated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SqlError) throw error;
    const reason = error instanceof Error ? error.message : "";
    throw sqlError(2209, /XPST0003[^\n]*/.exec(reason)?.[0] ?? reason.split("\n").slice(0, 1).join(""));
  }
}

export const xmlExist = (value: SqlValue, query: string, variables: XQueryVariables): boolean =>
  evaluated(() => evaluate(value, query, variables).length > 0);

/** Text of the one item that the query finds; null where it finds none. */
export const xmlValue = (value: SqlValue, query: string, variables: XQueryVariables): string | null =>
  evaluated(() => {
    const [first] = evaluate(value, query, variables);
    return first === undefined ? null : isNode(first) ? textContent(first) : String(first);
  });

const textContent = (node: Node): string =>
  node.nodeType === documentNode || node.nodeType === fragmentNode
    ? node.childNodes.map(textContent).join("")
    : ((node as Node).textContent ?? "");

export const xmlQuery = (value: SqlValue, query: string, variables: XQueryVariables): string =>
  evaluated(() =>
    evaluate(value, query, variables)
      .map((item) => (isNode(item) ? xmlText(item) : String(item)))
      .join(""),
  );

export const xmlNodesOf = (value: SqlValue, query: string, variables: XQueryVariables): Variant[] =>
  evaluated(() => {
    const { evaluateXPathToNodes, options } = xquery();
    return evaluateXPathToNodes(query, nodeOf(value), null, variables, options).map((node) => {
      const reference: Variant = { type: { name: "xml" }, value: null };
      if (isNode(node)) found.set(reference, node);
      return reference;
    });
  });

const isNode = (item: unknown): item is Node => typeof item === "object" && item !== null && "nodeType" in item;

const reference = (character: string): string =>
  `&#x${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, "0")};`;

/** Control characters but tabs and line feeds are written as references. */
export const escapeXml = (text: string): string =>
  text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/\p{Cc}/gu, (character) => (character === "\t" || character === "\n" ? character : reference(character)));
export const escapeAttribute = (text: string): string =>
  escapeXml(text)
    .replace(/"/g, "&quot;")
    .replace(/[\t\n]/g, reference);

/** A column's name as an element's: what no name may have is written as its code. */
export const xmlName = (name: string): string =>
  [...name]
    .map((character, at) =>
      (at === 0 ? /[\p{L}_:]/u : /[\p{L}\p{N}_:.-]/u).test(character)
        ? character
        : `_x${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}_`,
    )
    .join("");
