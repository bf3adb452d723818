import type { DefinitionStatement, SequenceOptions } from "../table-syntax";
import { type Cursor, integerLiteral } from "./cursor";
import { dataType, objectName } from "./names";
import { whole } from "./table-definition";

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

type Building = { -readonly [K in keyof SequenceOptions]: SequenceOptions[K] };

const readers: Readonly<Record<string, (cursor: Cursor, found: Building) => void>> = {
  START(cursor, found) {
    cursor.accept("WITH");
    found.start = whole(cursor);
  },
  RESTART(cursor, found) {
    found.isRestarted = true;
    if (cursor.accept("WITH")) found.start = whole(cursor);
  },
  INCREMENT(cursor, found) {
    cursor.accept("BY");
    found.increment = whole(cursor);
  },
  MINVALUE(cursor, found) {
    found.minimum = whole(cursor);
  },
  MAXVALUE(cursor, found) {
    found.maximum = whole(cursor);
  },
  CYCLE(_, found) {
    found.cycles = true;
  },
  CACHE(cursor, found) {
    found.cache = cursor.peek().kind === "number" ? integerLiteral(cursor) : 0;
  },
  NO(cursor, found) {
    const option = cursor.choose("MINVALUE", "MAXVALUE", "CYCLE", "CACHE");
    if (option === "CYCLE") found.cycles = false;
    if (option === "CACHE") found.isCached = false;
  },
};

function options(cursor: Cursor): SequenceOptions {
  const found: Building = {};
  for (;;) {
    const word = Object.keys(readers).find((keyword) => cursor.accept(keyword));
    if (word === undefined) return found;
    readers[word]?.(cursor, found);
  }
}
