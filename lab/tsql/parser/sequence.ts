import type { DefinitionStatement, SequenceOptions } from "../table-syntax";
import { type Cursor, integerLiteral } from "./cursor";
import { dataType, objectName } from "./names";

type SequenceStatement = Extract<DefinitionStatement, { readonly kind: "createSequence" | "alterSequence" }>;

/** https://learn.microsoft.com/sql/t-sql/statements/create-sequence-transact-sql */
export function sequence(cursor: Cursor): SequenceStatement | undefined {
  if (cursor.accept("CREATE", "SEQUENCE")) {
    const name = objectName(cursor);
    const type = cursor.accept("AS") ? dataType(cursor) : undefined;
    return { kind: "createSequence", name, type, options: options(cursor) };
  }
  if (cursor.accept("ALTER", "SEQUENCE"))
    return { kind: "alterSequence", name: objectName(cursor), options: options(cursor) };
  return undefined;
}

function options(cursor: Cursor): SequenceOptions {
  const found: { -readonly [K in keyof SequenceOptions]: SequenceOptions[K] } = {};
  for (;;) {
    if (cursor.accept("START")) {
      cursor.accept("WITH");
      found.start = whole(cursor);
    } else if (cursor.accept("RESTART")) {
      found.isRestarted = true;
      if (cursor.accept("WITH")) found.start = whole(cursor);
    } else if (cursor.accept("INCREMENT")) {
      cursor.accept("BY");
      found.increment = whole(cursor);
    } else if (cursor.accept("MINVALUE")) found.minimum = whole(cursor);
    else if (cursor.accept("MAXVALUE")) found.maximum = whole(cursor);
    else if (cursor.accept("CYCLE")) found.cycles = true;
    else if (cursor.accept("CACHE")) found.cache = cursor.peek().kind === "number" ? integerLiteral(cursor) : 0;
    else if (cursor.accept("NO")) {
      const option = cursor.choose("MINVALUE", "MAXVALUE", "CYCLE", "CACHE");
      if (option === "CYCLE") found.cycles = false;
      if (option === "CACHE") found.isCached = false;
    } else return found;
  }
}

export function whole(cursor: Cursor): bigint {
  const sign = cursor.accept("-") ? -1n : 1n;
  cursor.accept("+");
  const token = cursor.peek();
  if (token.kind !== "number" || !/^\d+$/.test(token.text)) cursor.fail();
  return sign * BigInt(cursor.next().text);
}
