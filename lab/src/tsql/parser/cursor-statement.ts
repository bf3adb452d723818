import type { CursorDefinition, CursorName, CursorStatement, Expression, FetchDirection } from "../syntax";
import { type Cursor, identifier, list } from "./cursor";
import { constant, requireDeclared } from "./expression";
import { query } from "./query";

/** OPEN, FETCH, CLOSE, DEALLOCATE, and SET @c = CURSOR ...; undefined if the next statement is another one. */
export function cursorStatement(cursor: Cursor): CursorStatement | undefined {
  if (cursor.accept("OPEN")) return { kind: "openCursor", cursor: cursorName(cursor) };
  if (cursor.accept("CLOSE")) return { kind: "closeCursor", cursor: cursorName(cursor) };
  if (cursor.accept("DEALLOCATE")) return { kind: "deallocateCursor", cursor: cursorName(cursor) };
  if (cursor.accept("FETCH")) return fetch(cursor);
  return undefined;
}

/** DECLARE name [INSENSITIVE] [SCROLL] CURSOR ...; undefined where variables are declared. */
export function declareCursor(cursor: Cursor): CursorStatement | undefined {
  let ahead = 1;
  while (cursor.peek(ahead).keyword === "INSENSITIVE" || cursor.peek(ahead).keyword === "SCROLL") ahead++;
  if (cursor.peek().kind === "variable" || cursor.peek(ahead).keyword !== "CURSOR") return undefined;
  const name = identifier(cursor);
  const isStatic = cursor.accept("INSENSITIVE");
  const isScrollable = cursor.accept("SCROLL");
  return { kind: "declareCursor", name, definition: definition(cursor, { isStatic, isScrollable }) };
}

/** SET @c = CURSOR FOR ..., SET @c = name; undefined for variables of other types. */
export function setCursor(cursor: Cursor): CursorStatement | undefined {
  const token = cursor.peek(1);
  if (!cursor.at("SET") || token.kind !== "variable" || !cursor.cursorVariables.has(token.text.toLowerCase()))
    return undefined;
  cursor.next();
  cursor.next();
  cursor.expect("=");
  const name = token.text.toLowerCase();
  if (cursor.at("CURSOR"))
    return { kind: "setCursor", name, definition: definition(cursor, { isStatic: false, isScrollable: false }) };
  return { kind: "setCursor", name, from: cursorName(cursor).name };
}

function definition(
  cursor: Cursor,
  legacy: { readonly isStatic: boolean; readonly isScrollable: boolean },
): CursorDefinition {
  cursor.expect("CURSOR");
  const words = new Set<string>();
  while (!cursor.accept("FOR")) words.add(cursor.choose(...options));
  const parsed = query(cursor);
  let isReadOnly = legacy.isStatic || words.has("READ_ONLY") || words.has("FAST_FORWARD") || words.has("STATIC");
  if (cursor.accept("FOR", "READ", "ONLY")) isReadOnly = true;
  else if (cursor.accept("FOR", "UPDATE") && cursor.accept("OF")) list(cursor, () => identifier(cursor));
  const isForward = words.has("FORWARD_ONLY") || words.has("FAST_FORWARD");
  const isStatic = legacy.isStatic || words.has("STATIC");
  return {
    scope: words.has("LOCAL") ? "local" : words.has("GLOBAL") ? "global" : undefined,
    // STATIC, KEYSET and DYNAMIC scroll unless they are told not to.
    isScrollable:
      legacy.isScrollable ||
      words.has("SCROLL") ||
      (!isForward && ["STATIC", "KEYSET", "DYNAMIC"].some((word) => words.has(word))),
    isReadOnly,
    isStatic,
    query: parsed,
  };
}

const options = [
  "LOCAL",
  "GLOBAL",
  "FORWARD_ONLY",
  "SCROLL",
  "STATIC",
  "KEYSET",
  "DYNAMIC",
  "FAST_FORWARD",
  "READ_ONLY",
  "SCROLL_LOCKS",
  "OPTIMISTIC",
  "TYPE_WARNING",
] as const;

function cursorName(cursor: Cursor): CursorName {
  const token = cursor.peek();
  if (token.kind === "variable") {
    if (!cursor.cursorVariables.has(token.text.toLowerCase())) requireDeclared(cursor, token.text, token.line, 1);
    return { name: cursor.next().text.toLowerCase(), isGlobal: false };
  }
  const isGlobal = cursor.accept("GLOBAL");
  return { name: identifier(cursor), isGlobal };
}

function fetch(cursor: Cursor): CursorStatement {
  const { direction, count } = fetchDirection(cursor);
  const from = cursorName(cursor);
  if (!cursor.accept("INTO")) return { kind: "fetch", cursor: from, direction, count };
  const into = list(cursor, () => {
    const token = cursor.peek();
    if (token.kind !== "variable") cursor.fail();
    cursor.next();
    requireDeclared(cursor, token.text, token.line, 1);
    return token.text.toLowerCase();
  });
  return { kind: "fetch", cursor: from, direction, count, into };
}

function fetchDirection(cursor: Cursor): { readonly direction: FetchDirection; readonly count?: Expression } {
  for (const word of ["NEXT", "PRIOR", "FIRST", "LAST"] as const) {
    if (!cursor.at(word, "FROM")) continue;
    cursor.expect(word, "FROM");
    return { direction: word.toLowerCase() as "next" | "prior" | "first" | "last" };
  }
  for (const word of ["ABSOLUTE", "RELATIVE"] as const) {
    if (!cursor.accept(word)) continue;
    const count = constant(cursor);
    cursor.expect("FROM");
    return { direction: word.toLowerCase() as "absolute" | "relative", count };
  }
  cursor.accept("FROM");
  return { direction: "next" };
}
