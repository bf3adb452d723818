import type { QueryOutput } from "../syntax";
import { type Cursor, stringLiteral } from "./cursor";

/** FOR XML and FOR JSON; FOR BROWSE, READ ONLY and UPDATE are left to whoever knows them. */
export function forClause(cursor: Cursor): QueryOutput | undefined {
  if (cursor.accept("FOR", "XML")) return forXml(cursor);
  if (cursor.accept("FOR", "JSON")) return forJson(cursor);
  if (cursor.accept("FOR", "BROWSE")) return undefined;
  return undefined;
}

const inParentheses = (cursor: Cursor): string | undefined => {
  if (!cursor.accept("(")) return undefined;
  const text = stringLiteral(cursor);
  cursor.expect(")");
  return text;
};

function forXml(cursor: Cursor): QueryOutput {
  const mode = cursor.choose("PATH", "RAW", "AUTO");
  const element = mode === "AUTO" ? undefined : inParentheses(cursor);
  let [root, elements, nil, isTyped]: [string | undefined, boolean, boolean, boolean] = [
    undefined,
    mode === "PATH",
    false,
    false,
  ];
  while (cursor.accept(",")) {
    if (cursor.accept("ROOT")) root = inParentheses(cursor) ?? "root";
    else if (cursor.accept("ELEMENTS")) {
      elements = true;
      nil = cursor.accept("XSINIL");
      cursor.accept("ABSENT");
    } else if (cursor.accept("TYPE")) isTyped = true;
    else cursor.expect("BINARY", "BASE64");
  }
  return { kind: "xml", mode, element, root, elements, nil, isTyped };
}

function forJson(cursor: Cursor): QueryOutput {
  const mode = cursor.choose("PATH", "AUTO");
  let [root, hasNulls, isBare]: [string | undefined, boolean, boolean] = [undefined, false, false];
  while (cursor.accept(",")) {
    if (cursor.accept("ROOT")) root = inParentheses(cursor) ?? "root";
    else if (cursor.accept("INCLUDE_NULL_VALUES")) hasNulls = true;
    else {
      cursor.expect("WITHOUT_ARRAY_WRAPPER");
      isBare = true;
    }
  }
  return { kind: "json", mode, root, hasNulls, isBare };
}
