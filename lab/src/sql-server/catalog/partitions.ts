import { tableBytes } from "../../tsql/data/changes";
import type { StoredTable } from "../../tsql/data/store";
import { int } from "../../tsql/types";
import { declareView } from "./declare";
import { type IndexRow, indexRows } from "./user-objects";
import { bigint, defineView } from "./view";

export const partitions = defineView<IndexRow>(
  ({ required, optional, coded }) => [
    required("partition_id", bigint, ({ table, id }) => partitionId(table, id)),
    required("object_id", int, ({ table }) => table.id),
    required("index_id", int, ({ id }) => id),
    required("partition_number", int, 1),
    required("hobt_id", bigint, ({ table, id }) => partitionId(table, id)),
    optional("rows", bigint, ({ table }) => BigInt(table.rows.size)),
    required("filestream_filegroup_id", { name: "smallint" }, 0),
    ...coded("data_compression", () => [0, "NONE"]),
  ],
  indexRows,
);

const partitionId = ({ id }: StoredTable, index: number): bigint =>
  72_057_594_000_000_000n + BigInt(id) * 16n + BigInt(index);

export const partitionStats = declareView(
  `partition_id bigint, object_id int NOT NULL, index_id int NOT NULL, partition_number int NOT NULL,
  in_row_data_page_count bigint, in_row_used_page_count bigint, in_row_reserved_page_count bigint,
  lob_used_page_count bigint, lob_reserved_page_count bigint, row_overflow_used_page_count bigint,
  row_overflow_reserved_page_count bigint, used_page_count bigint, reserved_page_count bigint, row_count bigint`,
  (server, session) =>
    indexRows(server, session).map(({ table, id }) => {
      const data = BigInt(Math.ceil(tableBytes(table) / 8192));
      // A page that says which others there are; space is taken by eight pages.
      const used = data && data + 1n;
      const reserved = ((used + 7n) / 8n) * 8n;
      return {
        partition_id: partitionId(table, id),
        object_id: table.id,
        index_id: id,
        partition_number: 1,
        in_row_data_page_count: data,
        in_row_used_page_count: used,
        in_row_reserved_page_count: reserved,
        lob_used_page_count: 0n,
        lob_reserved_page_count: 0n,
        row_overflow_used_page_count: 0n,
        row_overflow_reserved_page_count: 0n,
        used_page_count: used,
        reserved_page_count: reserved,
        row_count: BigInt(table.rows.size),
      };
    }),
);

/** Every index has statistics of its own. */
export const statistics = declareView(
  `object_id int NOT NULL, name sysname, stats_id int NOT NULL, auto_created bit, user_created bit, no_recompute bit,
  has_filter bit, filter_definition nvarchar(max), is_temporary bit, is_incremental bit,
  has_persisted_sample bit SINCE 2019, stats_generation_method int NOT NULL SINCE 2019,
  stats_generation_method_desc varchar(80) NOT NULL SINCE 2019, auto_drop bit SINCE 2022`,
  (server, session) =>
    indexRows(server, session).flatMap(({ table, key, id }) =>
      key
        ? {
            object_id: table.id,
            name: key.name,
            stats_id: id,
            auto_created: 0,
            user_created: 0,
            no_recompute: 0,
            has_filter: 0,
            is_temporary: 0,
            is_incremental: 0,
            has_persisted_sample: 0,
            stats_generation_method_desc: "Sort based statistics",
            auto_drop: 0,
          }
        : [],
    ),
);
