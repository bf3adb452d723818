import { declareView } from "./declare";
import type { View } from "./view";

/** Views of what the lab does not have: without rows, as on a server where nobody uses it. */
export const absentFeatures: Readonly<Record<string, View>> = {
  assemblies: declareView(
    `name sysname NOT NULL, principal_id int, assembly_id int NOT NULL, clr_name nvarchar(4000), permission_set tinyint,
    permission_set_desc nvarchar(60), is_visible bit NOT NULL, create_date datetime NOT NULL, modify_date datetime NOT NULL,
    is_user_defined bit`,
  ),
  backup_devices: declareView(
    "name sysname NOT NULL, type tinyint, type_desc nvarchar(60), physical_name nvarchar(260)",
  ),
  change_tracking_databases: declareView(
    `database_id int NOT NULL, is_auto_cleanup_on tinyint, retention_period int, retention_period_units tinyint,
    retention_period_units_desc nvarchar(60), max_cleanup_version bigint`,
  ),
  column_master_keys: declareView(
    `name sysname NOT NULL, column_master_key_id int NOT NULL, create_date datetime NOT NULL, modify_date datetime NOT NULL,
    key_store_provider_name sysname, key_path nvarchar(4000), allow_enclave_computations bit NOT NULL SINCE 2019,
    signature varbinary(max) SINCE 2019`,
  ),
  crypt_properties: declareView(
    `class tinyint NOT NULL, class_desc nvarchar(60), major_id int NOT NULL, thumbprint varbinary(32) NOT NULL,
    crypt_type char(4) NOT NULL, crypt_type_desc nvarchar(60), crypt_property varbinary(8000) NOT NULL`,
  ),
  dm_os_cluster_nodes: declareView(
    "NodeName nvarchar(256), status int, status_description nvarchar(20), is_current_owner bit",
  ),
  dm_server_audit_status: declareView(
    `audit_id int NOT NULL, name nvarchar(256), status smallint NOT NULL, status_desc nvarchar(256) NOT NULL,
    status_time datetime2(7) NOT NULL, event_session_address varbinary(8) NOT NULL, audit_file_path nvarchar(260),
    audit_file_size bigint`,
  ),
  endpoint_webmethods: declareView(
    `endpoint_id int NOT NULL, namespace nvarchar(384), method_alias nvarchar(64) NOT NULL, object_name nvarchar(388),
    result_schema tinyint, result_schema_desc nvarchar(60), result_format tinyint, result_format_desc nvarchar(60)`,
  ),
  extended_properties: declareView(
    `class tinyint NOT NULL, class_desc nvarchar(60), major_id int NOT NULL, minor_id int NOT NULL, name sysname NOT NULL,
    value sql_variant`,
  ),
  linked_logins: declareView(
    `server_id int NOT NULL, local_principal_id int, uses_self_credential bit NOT NULL, remote_name sysname,
    modify_date datetime NOT NULL`,
  ),
  master_key_passwords: declareView("credential_id int NOT NULL, family_guid uniqueidentifier"),
  openkeys: declareView(
    `database_id int, database_name sysname, key_id int, key_name sysname, key_guid uniqueidentifier,
    opened_date datetime, status smallint`,
  ),
  partition_schemes: declareView(
    `name sysname NOT NULL, data_space_id int NOT NULL, type char(2) NOT NULL, type_desc nvarchar(60), is_default bit,
    is_system bit, function_id int NOT NULL`,
  ),
  remote_logins: declareView(
    "server_id int NOT NULL, remote_name sysname, local_principal_id int, modify_date datetime NOT NULL",
  ),
  server_audits: declareView(
    `audit_id int NOT NULL, name sysname NOT NULL, audit_guid uniqueidentifier, create_date datetime NOT NULL,
    modify_date datetime NOT NULL, principal_id int, type char(2) NOT NULL, type_desc nvarchar(60), on_failure tinyint,
    on_failure_desc nvarchar(60), is_state_enabled bit, queue_delay int, predicate nvarchar(3000)`,
  ),
  server_event_sessions: declareView(
    `event_session_id int NOT NULL, name sysname NOT NULL, event_retention_mode char(1),
    event_retention_mode_desc nvarchar(60), max_dispatch_latency int, max_memory int, max_event_size int,
    memory_partition_mode char(1), memory_partition_mode_desc nvarchar(60), track_causality bit, startup_state bit,
    has_long_running_target bit SINCE 2019`,
  ),
  service_queues: declareView(
    `name sysname NOT NULL, object_id int NOT NULL, principal_id int, schema_id int NOT NULL, parent_object_id int NOT NULL,
    type char(2) NOT NULL, type_desc nvarchar(60), create_date datetime NOT NULL, modify_date datetime NOT NULL,
    is_ms_shipped bit NOT NULL, is_published bit NOT NULL, is_schema_published bit NOT NULL, max_readers smallint,
    activation_procedure nvarchar(776), execute_as_principal_id int, is_activation_enabled bit NOT NULL,
    is_receive_enabled bit NOT NULL, is_enqueue_enabled bit NOT NULL, is_retention_enabled bit NOT NULL,
    is_poison_message_handling_enabled bit`,
  ),
  services: declareView(
    "name sysname NOT NULL, service_id int NOT NULL, principal_id int, service_queue_id int NOT NULL",
  ),
  server_triggers: declareView(
    `name sysname NOT NULL, object_id int NOT NULL, parent_class tinyint NOT NULL, parent_class_desc nvarchar(60),
    parent_id int NOT NULL, type char(2) NOT NULL, type_desc nvarchar(60), create_date datetime NOT NULL,
    modify_date datetime NOT NULL, is_ms_shipped bit NOT NULL, is_disabled bit NOT NULL`,
  ),
  xml_schema_collections: declareView(
    `xml_collection_id int NOT NULL, schema_id int NOT NULL, principal_id int, name sysname NOT NULL,
    create_date datetime NOT NULL, modify_date datetime NOT NULL`,
  ),
};
