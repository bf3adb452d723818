/**
 * Names of SQL Server's own that the lab leaves out and says so of: views, procedures and functions. Any other name gets
 * the server's own answer: 208, 2812, 195.
 */
const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Views and functions of schema sys that SQL Server has in some version and the lab in none. */
const views = words(`all_objects all_parameters all_sql_modules all_views allocation_units assemblies assembly_files
  assembly_types availability_group_listener_ip_addresses availability_groups_cluster
  availability_read_only_routing_lists backup_devices change_tracking_databases change_tracking_tables check_constraints
  column_encryption_keys column_master_keys computed_columns conversation_endpoints conversation_groups credentials
  cryptographic_providers data_spaces database_audit_specifications database_automatic_tuning_options
  database_credentials database_ledger_transactions database_mirroring_witnesses database_permissions
  database_query_store_options database_role_members database_scoped_configurations database_scoped_credentials
  default_constraints destination_data_spaces edge_constraints event_notifications events external_data_sources
  external_file_formats external_tables filetables fn_dblog fn_helpcollations fn_my_permissions
  fn_virtualfilestats foreign_key_columns foreign_keys fulltext_catalogs
  fulltext_indexes hash_indexes http_endpoints identity_columns internal_tables key_constraints key_encryptions
  linked_logins login_token master_key_passwords numbered_procedures openkeys parameters partition_functions
  partition_parameters partition_range_values partition_schemes periods plan_guides procedures query_store_plan
  query_store_query query_store_query_text query_store_runtime_stats remote_logins resource_governor_configuration
  resource_governor_resource_pools resource_governor_workload_groups routes security_policies securable_classes
  selective_xml_index_paths sequences server_assembly_modules server_audit_specifications server_audits
  server_event_notifications server_event_sessions server_file_audits server_sql_modules server_triggers service_contracts
  service_queues services soap_endpoints spatial_indexes sql_dependencies sql_expression_dependencies sql_modules stats
  stats_columns symmetric_key_encryptions synonyms sysaltfiles syscacheobjects syscharsets syscolumns syscomments
  sysconfigures sysconstraints syscurconfigs sysdatabases sysdepends sysdevices sysfilegroups sysfiles sysforeignkeys
  sysindexes sysindexkeys syslanguages syslockinfo syslogins sysmembers sysmessages sysobjects sysoledbusers
  sysperfinfo syspermissions sysprocesses sysprotects sysreferences sysremotelogins sysservers system_columns
  system_parameters system_sql_modules system_views systypes sysusers table_types time_zone_info trace_events traces
  trigger_event_types trigger_events triggers trusted_assemblies type_assembly_usages user_token via_endpoints views
  xml_indexes xml_schema_collections`);

/** Dynamic views and functions are left out by the part of the server that they show. */
const dynamic =
  /^dm_(audit|broker|cache|cdc|clr|column|cryptographic|db|exec|external|filestream|fts|hadr|io|logpool|os|pdw|qn|repl|resource_governor|server|sql|tran|xe|xtp)_\w/;

/**
 * Whether the lab leaves out a view of INFORMATION_SCHEMA, sys or dbo, which has SQL Server 2000's as long as nobody
 * makes a table of that name.
 */
export function isLeftOutView(schema: string, name: string): boolean {
  if (schema === "information_schema") return true;
  if (schema === "dbo") return name.startsWith("sys") && views.has(name);
  return schema === "sys" && (views.has(name) || dynamic.test(name));
}

/** Procedures that describe the server and its objects, or that drivers ask for: a link needs none of them. */
const procedures =
  words(`sp_column_privileges sp_columns sp_columns_100 sp_columns_90 sp_configure sp_databases sp_datatype_info
  sp_datatype_info_100 sp_datatype_info_90 sp_depends sp_describe_first_result_set sp_fkeys sp_lock sp_monitor
  sp_msforeachdb sp_msforeachtable sp_pkeys sp_server_info sp_serveroption sp_spaceused sp_special_columns
  sp_special_columns_100 sp_special_columns_90 sp_sproc_columns sp_sproc_columns_100 sp_sproc_columns_90 sp_statistics
  sp_statistics_100 sp_stored_procedures sp_table_privileges sp_tables sp_updatestats sp_who sp_who2 xp_cmdshell
  xp_dirtree xp_fileexist xp_fixeddrives xp_instance_regread xp_msver xp_regread`);
const procedureKinds = /^sp_(help\w*|(add|drop)(linked|role|user|login|srvrole|type|message)\w*)$/;

export const isLeftOutProcedure = (name: string): boolean => procedures.has(name) || procedureKinds.test(name);

const functions = words(`APPLOCK_TEST ASYMKEY_ID ASYMKEYPROPERTY COLLATIONPROPERTY DATABASE_PRINCIPAL_ID FILE_ID
  FILE_IDEX FILE_NAME FILEGROUP_ID FILEGROUP_NAME FILEPROPERTY FN_HADR_BACKUP_IS_PREFERRED_REPLICA IS_MEMBER
  IS_ROLEMEMBER LOGINPROPERTY MIN_ACTIVE_ROWVERSION ORIGINAL_DB_NAME PERMISSIONS STATS_DATE USER_ID`);

/** Whether the lab leaves out a function; the name is in upper case. */
export const isLeftOutFunction = (name: string): boolean => functions.has(name);
