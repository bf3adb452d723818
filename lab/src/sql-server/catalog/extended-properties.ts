import { typedConstraints } from "../../tsql/data/object-types";
import type { Session } from "../../tsql/host";
import type { ExtendedProperty, StoredObject } from "../../tsql/stored";
import type { SqlValue } from "../../tsql/types";
import { sameName } from "../../tsql/values/collation";
import type { Server } from "../server";
import { indexesOf, storedObjects } from "./objects";
import { type Coded, type Row, type View, view } from "./view";

interface Noted {
  readonly owner: StoredObject;
  readonly property: ExtendedProperty;
}

function noted(server: Server, session: Session): Noted[] {
  return storedObjects(server, session).flatMap((owner) => {
    const { properties = [] } = owner.kind === "table" ? owner.definition : owner;
    return properties.map((property) => ({ owner, property }));
  });
}

const objectOrColumn: Coded = [1, "OBJECT_OR_COLUMN"];

function propertyRow({ owner, property: { name, value, of } }: Noted): Row {
  const row = (propertyClass: Coded, major: number, minor: number): Row => ({
    class: propertyClass,
    major_id: major,
    minor_id: minor,
    name,
    value,
  });
  switch (of.kind) {
    case "object":
      if (owner.kind === "database") return row([0, "DATABASE"], 0, 0);
      return row(owner.kind === "schema" ? [3, "SCHEMA"] : objectOrColumn, owner.id, 0);
    case "column":
      return row(objectOrColumn, owner.id, of.id);
    case "constraint":
      return row(objectOrColumn, of.id, 0);
    case "index": {
      const rows = owner.kind === "table" ? indexesOf(owner) : [];
      return row([7, "INDEX"], owner.id, rows.find(({ key }) => key?.id === of.id)?.id ?? 0);
    }
  }
}

export const propertyViews: readonly View[] = [
  view(
    "extended_properties",
    "class tinyint CODED, major_id int NOT NULL, minor_id int NOT NULL, name sysname NOT NULL, value sql_variant",
    (server, session) => noted(server, session).map(propertyRow),
  ),
];

/** The type and name of the innermost level that a property is on; both are NULL for a property of the database itself. */
function level({ owner, property: { of } }: Noted): readonly [type: string | null, name: string | null] {
  if (owner.kind === "database") return [null, null];
  if (of.kind === "object") return [owner.kind.toUpperCase(), owner.name];
  if (owner.kind !== "table") return [of.kind.toUpperCase(), ""];
  const parts = { column: owner.columns, constraint: typedConstraints(owner.definition), index: owner.definition.keys };
  return [of.kind.toUpperCase(), parts[of.kind].find(({ id }) => id === of.id)?.name ?? ""];
}

/**
 * fn_listextendedproperty(name, level0type, level0name, level1type, ...) lists properties of the innermost object
 * that is named, or of the database if none is. A type with NULL as its name asks for every object of the type there.
 */
export function listedProperties(server: Server, session: Session, args: readonly SqlValue[]): Row[] {
  const [wanted, type0, schema, type1, name1, type2, name2] = args.map((value) =>
    value === null ? undefined : String(value),
  );
  const matches = (asked: string | undefined, own: string | null) => asked === undefined || sameName(asked, own ?? "");
  return noted(server, session)
    .filter(({ owner, property }) => {
      const isInside = property.of.kind !== "object";
      const [type, name] = level({ owner, property });
      if (type0 === undefined) return owner.kind === "database";
      if (type1 === undefined) return owner.kind === "schema" && schema !== undefined && sameName(schema, owner.name);
      const isOwner = matches(schema, owner.schema) && sameName(type1, owner.kind) && matches(name1, owner.name);
      if (!isOwner || (type2 === undefined) === isInside) return false;
      return type2 === undefined || (sameName(type2, type ?? "") && matches(name2, name));
    })
    .filter(({ property }) => matches(wanted, property.name))
    .map((row) => ({
      objtype: level(row)[0],
      objname: level(row)[1],
      name: row.property.name,
      value: row.property.value,
    }));
}
