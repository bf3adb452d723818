import type { ExtendedProperty, StoredObject } from "../../tsql/data/store";
import { int, nvarchar, sysname } from "../../tsql/types";
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
  (server, session) =>
    storedObjects(server, session).flatMap((owner) => {
      const { properties = [] } = owner.kind === "table" ? owner.definition : owner;
      return properties.map((property) => ({ owner, property }));
    }),
);
