import { quotedName } from "../../tsql/data/access";
import type { StoredSequence } from "../../tsql/data/store";
import { bit, int, nvarchar, type SqlType, type SqlValue } from "../../tsql/types";
import { precisionOf, typeIds } from "../../tsql/values/type-ids";
import { declareView } from "./declare";
import { standardType } from "./information-columns";
import { objectFields, storedObjects, type UserObject, userObjects } from "./user-objects";
import { defineView, fieldsOf, tinyint, type View, variant } from "./view";

interface SequenceRow extends UserObject {
  readonly sequence: StoredSequence;
}

const number = (type: SqlType, value: bigint | undefined): SqlValue =>
  value === undefined ? null : { type, value: type.name === "bigint" || "scale" in type ? value : Number(value) };

export const sequences: View = defineView<SequenceRow>(
  (fields) => [
    ...objectFields(fieldsOf<UserObject>()),
    fields.required("start_value", variant, (row) => number(row.sequence.type, row.sequence.start)),
    fields.required("increment", variant, (row) => number(row.sequence.type, row.sequence.increment)),
    fields.required("minimum_value", variant, (row) => number(row.sequence.type, row.sequence.minimum)),
    fields.required("maximum_value", variant, (row) => number(row.sequence.type, row.sequence.maximum)),
    fields.optional("is_cycling", bit, ({ sequence }) => Number(sequence.cycles)),
    fields.optional("is_cached", bit, ({ sequence }) => Number(sequence.isCached)),
    fields.optional("cache_size", int, ({ sequence }) => sequence.cacheSize || null),
    fields.required("system_type_id", tinyint, ({ sequence }) => typeIds[sequence.type.name][0]),
    fields.required("user_type_id", int, ({ sequence }) => typeIds[sequence.type.name][0]),
    fields.required("precision", tinyint, ({ sequence }) => precisionOf(sequence.type)),
    fields.optional("scale", tinyint, 0),
    fields.required("current_value", variant, (row) =>
      number(row.sequence.type, row.sequence.last ?? row.sequence.start),
    ),
    fields.required("is_exhausted", bit, ({ sequence }) => Number(sequence.next === undefined)),
    ...fields.since(
      2017,
      fields.optional("last_used_value", variant, (row) => number(row.sequence.type, row.sequence.last)),
    ),
  ],
  (server, session) => {
    const byId = new Map(
      storedObjects(server, session).flatMap((object) =>
        object.kind === "sequence" ? [[object.id, object] as const] : [],
      ),
    );
    return userObjects(server, session).flatMap((object) => {
      const sequence = byId.get(object.id);
      return sequence ? [{ ...object, sequence }] : [];
    });
  },
);

export const synonyms: View = defineView<UserObject & { readonly base: string }>(
  (fields) => [
    ...objectFields(fieldsOf<UserObject>()),
    fields.optional("base_object_name", nvarchar(1035), ({ base }) => base),
  ],
  (server, session) => {
    const bases = new Map(
      storedObjects(server, session).flatMap((object) =>
        object.kind === "synonym" ? [[object.id, quotedName(object.base)] as const] : [],
      ),
    );
    return userObjects(server, session).flatMap((object) => {
      const base = bases.get(object.id);
      return base === undefined ? [] : [{ ...object, base }];
    });
  },
);

export const informationSequences: View = declareView(
  `SEQUENCE_CATALOG nvarchar(128), SEQUENCE_SCHEMA sysname, SEQUENCE_NAME sysname NOT NULL, DATA_TYPE sysname,
  NUMERIC_PRECISION tinyint NOT NULL, NUMERIC_PRECISION_RADIX smallint, NUMERIC_SCALE int, START_VALUE sql_variant NOT NULL,
  MINIMUM_VALUE sql_variant NOT NULL, MAXIMUM_VALUE sql_variant NOT NULL, INCREMENT sql_variant NOT NULL,
  CYCLE_OPTION int, DECLARED_DATA_TYPE int, DECLARED_NUMERIC_PRECISION int, DECLARED_NUMERIC_SCALE int`,
  (server, session) =>
    storedObjects(server, session).flatMap((sequence) => {
      if (sequence.kind !== "sequence") return [];
      const { schema, name, type, start, minimum, maximum, increment, cycles } = sequence;
      return {
        SEQUENCE_CATALOG: session.database,
        SEQUENCE_SCHEMA: schema,
        SEQUENCE_NAME: name,
        ...standardType(type, server.instance.collation),
        START_VALUE: number(type, start),
        MINIMUM_VALUE: number(type, minimum),
        MAXIMUM_VALUE: number(type, maximum),
        INCREMENT: number(type, increment),
        CYCLE_OPTION: Number(cycles),
      };
    }),
);
