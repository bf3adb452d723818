import { declareView } from "./declare";

/** sys.servers: the instance itself, with id 0, unless sp_dropserver took it away. */
export const servers = declareView(
  `server_id int NOT NULL, name sysname NOT NULL, product sysname NOT NULL, provider sysname NOT NULL,
  data_source nvarchar(4000), location nvarchar(4000), provider_string nvarchar(4000), catalog sysname,
  connect_timeout int, query_timeout int, is_linked bit NOT NULL, is_remote_login_enabled bit NOT NULL,
  is_rpc_out_enabled bit NOT NULL, is_data_access_enabled bit NOT NULL, is_collation_compatible bit NOT NULL,
  uses_remote_collation bit NOT NULL, collation_name sysname, lazy_schema_validation bit NOT NULL,
  is_system bit NOT NULL, is_publisher bit NOT NULL, is_subscriber bit, is_distributor bit,
  is_nonsql_subscriber bit, is_remote_proc_transaction_promotion_enabled bit, modify_date datetime NOT NULL,
  is_rda_server bit`,
  ({ instance, clock }) =>
    [instance.localServer]
      .flatMap((name) => name ?? [])
      .map((name) => ({
        name,
        product: "SQL Server",
        provider: "SQLNCLI",
        data_source: name,
        connect_timeout: 0,
        query_timeout: 0,
        is_remote_login_enabled: 1,
        is_rpc_out_enabled: 1,
        uses_remote_collation: 1,
        is_subscriber: 0,
        is_distributor: 0,
        is_nonsql_subscriber: 0,
        is_remote_proc_transaction_promotion_enabled: 0,
        modify_date: instance.databases.get("master")?.created ?? clock.now(),
        is_rda_server: 0,
      })),
);
