import type { ProcedureArgument, ResultSink, Session } from "../../tsql/host";
import { undeclaredParameters } from "../../tsql/undeclared";
import { declareTable } from "../catalog/declare";
import { typeFacts } from "../catalog/user-columns";
import type { Server } from "../server";
import { compiled, tdsType, typeName } from "./describe";

const described =
  declareTable(`parameter_ordinal int NOT NULL, name sysname NOT NULL, suggested_system_type_id int NOT NULL,
  suggested_system_type_name nvarchar(256), suggested_max_length smallint NOT NULL, suggested_precision tinyint NOT NULL,
  suggested_scale tinyint NOT NULL, suggested_user_type_id int, suggested_user_type_database sysname,
  suggested_user_type_schema sysname, suggested_user_type_name sysname,
  suggested_assembly_qualified_type_name nvarchar(4000), suggested_xml_collection_id int,
  suggested_xml_collection_database sysname, suggested_xml_collection_schema sysname,
  suggested_xml_collection_name sysname, suggested_is_xml_document bit NOT NULL, suggested_is_case_sensitive bit NOT NULL,
  suggested_is_fixed_length_clr_type bit NOT NULL, suggested_is_input bit NOT NULL, suggested_is_output bit NOT NULL,
  formal_parameter_name sysname, suggested_tds_type_id int NOT NULL, suggested_tds_length int NOT NULL`);

/** sp_describe_undeclared_parameters, which drivers ask for the types of `?`. */
export function describeUndeclared(
  server: Server,
  args: readonly ProcedureArgument[],
  session: Session,
  sink: ResultSink,
): number {
  const [text = "", parameters = ""] = args.map(({ value }) => (value === null ? "" : String(value)));
  const found = compiled(() => undeclaredParameters(text, parameters, session));
  const table = described(server, () =>
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
