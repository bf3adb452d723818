import { qualifiedName, type Target } from "../data/target";
import type { Session } from "../host";
import { sqlError } from "../messages";
import type { Bound, Context, Frame } from "../query/scope";
import { majorVersion } from "../query/version";
import type { StoredColumn } from "../stored";
import type { SqlType, SqlValue } from "../types";
import { withoutTrailingBlanks } from "../values/blanks";
import { convertValue, requireConvertible } from "../values/convert";
import { familyOf, isSized } from "../values/type-rules";

/** Converts an expression to a column's type. Throws 206, 257 when it is bound, 2628 or 8152 when nothing may be cut. */
export function columnValue(
  value: Bound,
  column: StoredColumn,
  target: Pick<Target, "table" | "databaseName">,
  { session }: Context,
): (frame: Frame) => SqlValue {
  const { type } = column;
  value.deduce?.(type);
  if (value.isNull) return () => null;
  requireConvertible(value.type, type, false);
  return (frame) => stored(value.value(frame), value.type, column, target, session);
}

function stored(
  value: SqlValue,
  from: SqlType,
  column: StoredColumn,
  target: Pick<Target, "table" | "databaseName">,
  session: Session,
): SqlValue {
  const { type } = column;
  const dateFormat = session.options.get("DATEFORMAT");
  if (value === null || !isSized(type) || type.length === "max" || !mayBeCut(from))
    return convertValue(value, from, type, { dateFormat });
  const whole = convertValue(value, from, unlimited(type), { dateFormat });
  if (lengthOf(whole) > type.length) throw truncated(whole, type.length, column, target, session);
  return convertValue(whole, unlimited(type), type);
}

/** Whether a value that is too long could be cut: a number has an error or an asterisk of its own instead. */
const mayBeCut = (from: SqlType): boolean => ["character", "binary", "variant"].includes(familyOf(from));

function unlimited(type: SqlType): SqlType {
  if (familyOf(type) === "binary") return { name: "varbinary", length: "max" };
  return { name: type.name.startsWith("n") ? "nvarchar" : "varchar", length: "max" };
}

/** The length without blanks at the end, which may be lost. */
function lengthOf(value: SqlValue): number {
  if (Buffer.isBuffer(value)) return value.length;
  return typeof value === "string" ? withoutTrailingBlanks(value).length : 0;
}

/** The error of a value that is too long: 8152, or since SQL Server 2019 2628, which names the column and the value. */
function truncated(
  value: SqlValue,
  length: number,
  column: StoredColumn,
  target: Pick<Target, "table" | "databaseName">,
  session: Session,
) {
  if (majorVersion(session) < 15) return sqlError(8152);
  const kept = Buffer.isBuffer(value) ? "" : String(value).slice(0, length);
  return sqlError(2628, qualifiedName(target), column.name, kept);
}
