import { ByteWriter } from "../../tds/bytes";
import { writeTypeInfo } from "../../tds/encode";
import { describeFirstResult } from "../../tsql/describe";
import { ResolutionFailure } from "../../tsql/executor/run";
import type { ProcedureArgument, ResultSink, Session } from "../../tsql/host";
import { sqlError } from "../../tsql/messages";
import { CompileErrors } from "../../tsql/parser";
import type { Column, SqlType } from "../../tsql/types";
import { isMoney, isText } from "../../tsql/values/type-rules";
import { type DeclaredRow, declareTable } from "../catalog/declare";
import { typeFacts } from "../catalog/user-columns";
import type { Server } from "../server";

const described =
  declareTable(`is_hidden bit NOT NULL, column_ordinal int NOT NULL, name sysname, is_nullable bit NOT NULL,
  system_type_id int NOT NULL, system_type_name nvarchar(256), max_length smallint NOT NULL, precision tinyint NOT NULL,
  scale tinyint NOT NULL, collation_name sysname, user_type_id int, user_type_database sysname, user_type_schema sysname,
  user_type_name sysname, assembly_qualified_type_name nvarchar(4000), xml_collection_id int,
  xml_collection_database sysname, xml_collection_schema sysname, xml_collection_name sysname,
  is_xml_document bit NOT NULL, is_case_sensitive bit NOT NULL, is_fixed_length_clr_type bit NOT NULL,
  source_server sysname, source_database sysname, source_schema sysname, source_table sysname, source_column sysname,
  is_identity_column bit, is_part_of_unique_key bit, is_updateable bit, is_computed_column bit,
  is_sparse_column_set bit, ordinal_in_order_by_list smallint, order_by_is_descending smallint,
  order_by_list_length smallint, tds_type_id int NOT NULL, tds_length int NOT NULL, tds_collation_id int,
  tds_collation_sort_id tinyint`);

/** As a declaration has it: with the sizes that the type lets be chosen. */
export function typeName(type: SqlType): string {
  if (isMoney(type) || ["text", "ntext", "image", "timestamp"].includes(type.name)) return type.name;
  if ("length" in type) return `${type.name}(${type.length})`;
  if ("precision" in type) return `${type.name}(${type.precision},${type.scale})`;
  return "scale" in type ? `${type.name}(${type.scale})` : type.name;
}

/** The token of the type in TDS. */
export function tdsType(type: SqlType): number {
  const info = new ByteWriter();
  writeTypeInfo(info, type);
  return info.take()[0] ?? 0;
}

function rowOf({ instance }: Server, { name, type, nullable }: Column, index: number): DeclaredRow {
  const { id, maxLength, precision, scale } = typeFacts(type);
  return {
    column_ordinal: index + 1,
    name: name === "" ? null : name,
    is_nullable: Number(nullable),
    system_type_id: id,
    system_type_name: typeName(type),
    max_length: maxLength,
    precision,
    scale,
    collation_name: isText(type) ? instance.collation : null,
    is_identity_column: 0,
    is_updateable: 0,
    is_computed_column: 0,
    is_sparse_column_set: 0,
    tds_type_id: tdsType(type),
    tds_length: maxLength === -1 ? 65535 : maxLength,
    tds_collation_id: isText(type) ? 13632521 : null,
    tds_collation_sort_id: isText(type) ? 52 : null,
  };
}

/** sp_describe_first_result_set: nothing of the batch runs. */
export function describe(
  server: Server,
  args: readonly ProcedureArgument[],
  session: Session,
  sink: ResultSink,
): number {
  const [text, parameters] = args.map(({ value }) => (value === null ? "" : String(value)));
  const found = compiled(() => describeFirstResult(text ?? "", parameters ?? "", session));
  const table = described(server, () => found.map((column, index) => rowOf(server, column, index)));
  sink.columns(table.columns);
  for (const row of table.rows()) sink.row(row);
  sink.statementEnd({ rowCount: found.length, isSelect: true, failed: false });
  return 0;
}

/** What cannot be compiled is an error of the procedure. */
export function compiled<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ResolutionFailure) throw error.error;
    if (error instanceof CompileErrors) throw error.errors[0] ?? sqlError(102, "");
    throw error;
  }
}
