import type { StoredFunction, StoredProcedure } from "../../tsql/data/store";
import type { Session } from "../../tsql/host";
import type { SqlType } from "../../tsql/types";
import type { Server } from "../server";
import { type DeclaredRow, declareView } from "./declare";
import { characterSetColumns, collationColumns, numberColumns, sizeColumns, standardType } from "./information-columns";
import { typeFacts } from "./user-columns";
import { storedObjects } from "./user-objects";

type Routine = StoredProcedure | StoredFunction;

const routinesOf = (server: Server, session: Session): Routine[] =>
  storedObjects(server, session).flatMap((object) =>
    object.kind === "procedure" || object.kind === "function" ? [object] : [],
  );

interface Parameter {
  readonly routine: Routine;
  readonly name: string;
  /** 0: what a function returns. */
  readonly position: number;
  readonly type: SqlType;
  readonly isOutput: boolean;
  readonly isTable: boolean;
}

const returned = (routine: Routine): SqlType | undefined =>
  routine.kind === "function" && routine.returns.kind === "scalar" ? routine.returns.type : undefined;

function parametersOf(routine: Routine): Parameter[] {
  const type = returned(routine);
  const result: Parameter[] = type ? [{ routine, name: "", position: 0, type, isOutput: true, isTable: false }] : [];
  return [
    ...result,
    ...routine.parameters.map(({ name, type: own, isOutput, tableType }, index) => ({
      routine,
      name,
      position: index + 1,
      type: own,
      isOutput,
      isTable: tableType !== undefined,
    })),
  ];
}

const allParameters = (server: Server, session: Session): Parameter[] =>
  routinesOf(server, session).flatMap(parametersOf);

export const parameters = declareView(
  `object_id int NOT NULL, name sysname, parameter_id int NOT NULL, system_type_id tinyint NOT NULL,
  user_type_id int NOT NULL, max_length smallint NOT NULL, precision tinyint NOT NULL, scale tinyint NOT NULL,
  is_output bit NOT NULL, is_cursor_ref bit NOT NULL, has_default_value bit NOT NULL, is_xml_document bit NOT NULL,
  default_value sql_variant, xml_collection_id int NOT NULL, is_readonly bit NOT NULL, is_nullable bit,
  encryption_type int, encryption_type_desc nvarchar(64), encryption_algorithm_name sysname,
  column_encryption_key_id int, column_encryption_key_database_name sysname`,
  (server, session) =>
    allParameters(server, session).map(({ routine, name, position, type, isOutput, isTable }) => {
      const { id, maxLength, precision, scale } = typeFacts(type);
      return {
        object_id: routine.id,
        name,
        parameter_id: position,
        system_type_id: isTable ? 243 : id,
        user_type_id: isTable ? 243 : id,
        max_length: isTable ? -1 : maxLength,
        precision: isTable ? 0 : precision,
        scale: isTable ? 0 : scale,
        is_output: Number(isOutput),
        is_readonly: Number(isTable),
        is_nullable: 1,
      };
    }),
);

function place(prefix: string, { schema, name }: Routine, session: Session): DeclaredRow {
  return { [`${prefix}_CATALOG`]: session.database, [`${prefix}_SCHEMA`]: schema, [`${prefix}_NAME`]: name };
}

const placeColumns = (prefix: string) =>
  `${prefix}_CATALOG nvarchar(128), ${prefix}_SCHEMA nvarchar(128), ${prefix}_NAME nvarchar(128)`;

export const informationRoutines = declareView(
  `${placeColumns("SPECIFIC")}, ${placeColumns("ROUTINE")}, ROUTINE_TYPE nvarchar(20), ${placeColumns("MODULE")},
  ${placeColumns("UDT")}, DATA_TYPE sysname, ${sizeColumns}, ${collationColumns}, ${characterSetColumns}, ${numberColumns},
  DATETIME_PRECISION smallint, INTERVAL_TYPE nvarchar(30), INTERVAL_PRECISION smallint, ${placeColumns("TYPE_UDT")},
  ${placeColumns("SCOPE")}, MAXIMUM_CARDINALITY bigint, DTD_IDENTIFIER nvarchar(128), ROUTINE_BODY nvarchar(30),
  ROUTINE_DEFINITION nvarchar(4000), EXTERNAL_NAME nvarchar(128), EXTERNAL_LANGUAGE nvarchar(30),
  PARAMETER_STYLE nvarchar(30), IS_DETERMINISTIC nvarchar(10), SQL_DATA_ACCESS nvarchar(30), IS_NULL_CALL nvarchar(10),
  SQL_PATH nvarchar(128), SCHEMA_LEVEL_ROUTINE nvarchar(10), MAX_DYNAMIC_RESULT_SETS smallint,
  IS_USER_DEFINED_CAST nvarchar(10), IS_IMPLICITLY_INVOCABLE nvarchar(10), CREATED datetime NOT NULL,
  LAST_ALTERED datetime NOT NULL`,
  (server, session) =>
    routinesOf(server, session).map((routine) => {
      const type = returned(routine);
      const isFunction = routine.kind === "function";
      return {
        ...place("SPECIFIC", routine, session),
        ...place("ROUTINE", routine, session),
        ROUTINE_TYPE: isFunction ? "FUNCTION" : "PROCEDURE",
        ...(type ? standardType(type, server.instance.collation) : { DATA_TYPE: isFunction ? "TABLE" : null }),
        ROUTINE_BODY: "SQL",
        ROUTINE_DEFINITION: routine.text.slice(0, 4000),
        IS_DETERMINISTIC: "NO",
        SQL_DATA_ACCESS: isFunction ? "READS" : "MODIFIES",
        IS_NULL_CALL: isFunction ? (routine.returnsNullOnNull ? "YES" : "NO") : null,
        SCHEMA_LEVEL_ROUTINE: "YES",
        MAX_DYNAMIC_RESULT_SETS: isFunction ? 0 : -1,
        IS_USER_DEFINED_CAST: "NO",
        IS_IMPLICITLY_INVOCABLE: "NO",
        CREATED: routine.created,
        LAST_ALTERED: routine.modified,
      };
    }),
);

export const informationParameters = declareView(
  `${placeColumns("SPECIFIC")}, ORDINAL_POSITION int NOT NULL, PARAMETER_MODE nvarchar(10), IS_RESULT nvarchar(10),
  AS_LOCATOR nvarchar(10), PARAMETER_NAME sysname, DATA_TYPE nvarchar(128), ${sizeColumns}, ${collationColumns},
  ${characterSetColumns}, ${numberColumns}, DATETIME_PRECISION smallint, INTERVAL_TYPE nvarchar(30),
  INTERVAL_PRECISION smallint, ${placeColumns("USER_DEFINED_TYPE")}, ${placeColumns("SCOPE")}`,
  (server, session) =>
    allParameters(server, session).map(({ routine, name, position, type, isOutput, isTable }) => ({
      ...place("SPECIFIC", routine, session),
      ORDINAL_POSITION: position,
      PARAMETER_MODE: position === 0 ? "OUT" : isOutput ? "INOUT" : "IN",
      IS_RESULT: position === 0 ? "YES" : "NO",
      AS_LOCATOR: "NO",
      PARAMETER_NAME: name,
      ...(isTable ? { DATA_TYPE: "table type" } : standardType(type, server.instance.collation)),
    })),
);
