import { typedConstraints } from "../../tsql/data/object-types";
import type { ExtendedProperty, StoredObject } from "../../tsql/data/store";
import type { Session } from "../../tsql/host";
import { int, nvarchar, type SqlValue, sysname } from "../../tsql/types";
import { sameName } from "../../tsql/values/collation";
import type { Server } from "../server";
import type { DeclaredRow } from "./declare";
import { indexesOf, storedObjects } from "./user-objects";
import { defineView, tinyint, variant } from "./view";

interface PropertyRow {
  readonly owner: StoredObject;
  readonly property: ExtendedProperty;
}

/** class, class_desc, major_id, minor_id */
function place({ owner, property: { of } }: PropertyRow): readonly [number, string, number, number] {
  switch (of.kind) {
    case "object":
      return owner.kind === "schema" ? [3, "SCHEMA", owner.id, 0] : [1, "OBJECT_OR_COLUMN", owner.id, 0];
    case "column":
      return [1, "OBJECT_OR_COLUMN", owner.id, of.id];
    case "constraint":
      return [1, "OBJECT_OR_COLUMN", of.id, 0];
    case "index": {
      const rows = owner.kind === "table" ? indexesOf(owner) : [];
      return [7, "INDEX", owner.id, rows.find(({ key }) => key?.id === of.id)?.id ?? 0];
    }
  }
}

export const extendedProperties = defineView<PropertyRow>(
  ({ required, optional }) => [
    required("class", tinyint, (row) => place(row)[0]),
    optional("class_desc", nvarchar(60), (row) => place(row)[1]),
    required("major_id", int, (row) => place(row)[2]),
    required("minor_id", int, (row) => place(row)[3]),
    required("name", sysname, ({ property }) => property.name),
    optional("value", variant, ({ property }) => property.value),
  ],
  (server, session) => storedObjects(server, session).flatMap(propertiesOf),
);

function propertiesOf(owner: StoredObject): PropertyRow[] {
  const { properties = [] } = owner.kind === "table" ? owner.definition : owner;
  return properties.map((property) => ({ owner, property }));
}

/** The words of a level, and the name of what is noted there. */
function level({ owner, property: { of } }: PropertyRow): readonly [type: string, name: string] {
  if (of.kind === "object") return [owner.kind.toUpperCase(), owner.name];
  if (owner.kind !== "table") return [of.kind.toUpperCase(), ""];
  const parts = { column: owner.columns, constraint: typedConstraints(owner.definition), index: owner.definition.keys };
  return [of.kind.toUpperCase(), parts[of.kind].find(({ id }) => id === of.id)?.name ?? ""];
}

/**
 * fn_listextendedproperty(name, level0type, level0name, level1type, ...): of what stands at the last level that is
 * named. A type without a name asks for everything of it there, and NULL for no more levels.
 */
export function listedProperties(server: Server, session: Session, args: readonly SqlValue[]): DeclaredRow[] {
  const [wanted, , schema, type1, name1, type2, name2] = args.map((value) =>
    value === null ? undefined : String(value),
  );
  const matches = (asked: string | undefined, own: string) => asked === undefined || sameName(asked, own);
  return storedObjects(server, session)
    .flatMap(propertiesOf)
    .filter(({ owner, property }) => {
      const isInside = property.of.kind !== "object";
      const [type, name] = level({ owner, property });
      if (type1 === undefined) return owner.kind === "schema" && schema !== undefined && sameName(schema, owner.name);
      const isOwner = matches(schema, owner.schema) && sameName(type1, owner.kind) && matches(name1, owner.name);
      return isOwner && (type2 === undefined ? !isInside : isInside && sameName(type2, type) && matches(name2, name));
    })
    .filter(({ property }) => matches(wanted, property.name))
    .map((row) => ({
      objtype: level(row)[0],
      objname: level(row)[1],
      name: row.property.name,
      value: row.property.value,
    }));
}
