import { type Node, type ParseError, parseTree } from "jsonc-parser";
import { sqlError } from "../messages";

export type JsonNode = Node;

/** The text's tree, where every node knows where it was written; 13609. */
export function parseJson(text: string): JsonNode {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [error] = errors;
  if (error || !tree) throw sqlError(13609, text[error?.offset ?? 0] ?? "", error?.offset ?? 0);
  return tree;
}

/** An object or an array: what ISJSON takes for JSON. */
export function isJson(text: string): boolean {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  return errors.length === 0 && (tree?.type === "object" || tree?.type === "array");
}

export interface JsonPath {
  readonly isStrict: boolean;
  readonly steps: readonly (string | number)[];
}

/** `lax $.a."b c"[0]`; 13607. */
export function parsePath(text: string): JsonPath {
  const [, mode = "lax", rest = ""] = /^\s*(?:(lax|strict)\s+)?(.*)$/s.exec(text) ?? [];
  const steps: (string | number)[] = [];
  const step = /\.\s*(?:"((?:[^"\\]|\\.)*)"|([\p{L}_$][\p{L}\p{N}_$]*))|\[\s*(\d+)\s*\]/uy;
  const fail = (at: number): never => {
    const position = text.length - rest.length + at;
    throw sqlError(13607, text[position] ?? "", position);
  };
  if (!rest.startsWith("$")) fail(0);
  let at = 1;
  while (at < rest.trimEnd().length) {
    step.lastIndex = at;
    const match = step.exec(rest);
    if (!match) return fail(at);
    steps.push(match[3] === undefined ? (match[1] ?? match[2] ?? "") : Number(match[3]));
    at = step.lastIndex;
  }
  return { isStrict: mode === "strict", steps };
}

export function find(node: JsonNode | undefined, steps: readonly (string | number)[]): JsonNode | undefined {
  let current = node;
  for (const step of steps) {
    if (typeof step === "number") current = current?.type === "array" ? current.children?.[step] : undefined;
    else
      current =
        current?.type === "object"
          ? current.children?.find(({ children }) => children?.[0]?.value === step)?.children?.[1]
          : undefined;
  }
  return current;
}

export const written = (text: string, { offset, length }: JsonNode): string => text.slice(offset, offset + length);

export const isScalar = ({ type }: JsonNode): boolean => type !== "object" && type !== "array";

/** A scalar as text, numbers as they were written; null for JSON's null. */
export function scalarText(text: string, node: JsonNode): string | null {
  if (node.type === "null") return null;
  return node.type === "string" ? String(node.value) : written(text, node);
}

/** The type column of OPENJSON. */
export const jsonTypes: Readonly<Record<string, number>> = {
  null: 0,
  string: 1,
  number: 2,
  boolean: 3,
  array: 4,
  object: 5,
};

export const escapeJson = (text: string): string => JSON.stringify(text).slice(1, -1).replace(/\//g, "\\/");
