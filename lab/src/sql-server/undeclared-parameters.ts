import { ByteWriter } from "../tds/bytes";
import { writeTypeInfo } from "../tds/encode";
import { ResolutionFailure } from "../tsql/executor/run";
import type { ProcedureArgument, ResultSink, Session } from "../tsql/host";
import { sqlError } from "../tsql/messages";
import { CompileErrors } from "../tsql/parser";
import type { SqlType } from "../tsql/types";
import { undeclaredParameters } from "../tsql/undeclared";
import { isMoney } from "../tsql/values/type-rules";
import { declared, tableOf } from "./catalog/view";
import type { Server } from "./server";
import { typeFacts } from "./type-facts";

const described =
  declared(`parameter_ordinal int NOT NULL, name sysname NOT NULL, suggested_system_type_id int NOT NULL,
  suggested_system_type_name nvarchar(256), suggested_max_length smallint NOT NULL, suggested_precision tinyint NOT NULL,
  suggested_scale tinyint NOT NULL, suggested_user_type_id int, suggested_user_type_database sysname,
  suggested_user_type_schema sysname, suggested_user_type_name sysname,
  suggested_assembly_qualified_type_name nvarchar(4000), suggested_xml_collection_id int,
  suggested_xml_collection_database sysname, suggested_xml_collection_schema sysname,
  suggested_xml_collection_name sysname, suggested_is_xml_document bit NOT NULL, suggested_is_case_sensitive bit NOT NULL,
  suggested_is_fixed_length_clr_type bit NOT NULL, suggested_is_input bit NOT NULL, suggested_is_output bit NOT NULL,
  formal_parameter_name sysname, suggested_tds_type_id int NOT NULL, suggested_tds_length int NOT NULL`);

/** sp_describe_undeclared_parameters tells drivers the types of `?`. */
export function describeUndeclared(
  server: Server,
  args: readonly ProcedureArgument[],
  session: Session,
  sink: ResultSink,
): number {
  const [text = "", parameters = ""] = args.map(({ value }) => (value === null ? "" : String(value)));
  const found = compiled(() => undeclaredParameters(text, parameters, session));
  const table = tableOf(described, server, () =>
    found.map(({ name, type }, index) => {
      const { id, maxLength, precision, scale } = typeFacts(type);
      return {
        parameter_ordinal: index + 1,
        name,
        suggested_system_type_id: id,
        suggested_system_type_name: typeName(type),
        suggested_max_length: maxLength,
        suggested_precision: precision,
        suggested_scale: scale,
        suggested_is_input: 1,
        suggested_tds_type_id: tdsType(type),
        suggested_tds_length: maxLength === -1 ? 65535 : maxLength,
      };
    }),
  );
  sink.columns(table.columns);
  for (const row of table.rows()) sink.row(row);
  sink.statementEnd({ rowCount: found.length, isSelect: true, failed: false });
  return 0;
}

/** The type as a declaration writes it, with the sizes that one can choose. */
function typeName(type: SqlType): string {
  if (isMoney(type) || ["text", "ntext", "image", "timestamp"].includes(type.name)) return type.name;
  if ("length" in type) return `${type.name}(${type.length})`;
  if ("precision" in type) return `${type.name}(${type.precision},${type.scale})`;
  return "scale" in type ? `${type.name}(${type.scale})` : type.name;
}

/** The type's token in TDS. */
function tdsType(type: SqlType): number {
  const info = new ByteWriter();
  writeTypeInfo(info, type);
  return info.take()[0] ?? 0;
}

/** Throws an error of compiling as an error of the procedure. */
function compiled<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ResolutionFailure) throw error.error;
    if (error instanceof CompileErrors) throw error.errors[0] ?? sqlError(102, "");
    throw error;
  }
}
