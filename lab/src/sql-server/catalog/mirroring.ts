import { requireServerState } from "../permissions";
import { declareView } from "./declare";

/** One row for each database, of which none takes part in a mirroring session: groups have views of their own. */
export const databaseMirroring = declareView(
  `database_id int NOT NULL, mirroring_guid uniqueidentifier, mirroring_state tinyint, mirroring_state_desc nvarchar(60),
  mirroring_role tinyint, mirroring_role_desc nvarchar(60), mirroring_role_sequence int, mirroring_safety_level tinyint,
  mirroring_safety_level_desc nvarchar(60), mirroring_safety_sequence int, mirroring_partner_name nvarchar(128),
  mirroring_partner_instance nvarchar(128), mirroring_witness_name nvarchar(128), mirroring_witness_state tinyint,
  mirroring_witness_state_desc nvarchar(60), mirroring_failover_lsn numeric(25, 0), mirroring_connection_timeout int,
  mirroring_redo_queue int, mirroring_redo_queue_type nvarchar(60), mirroring_end_of_log_lsn numeric(25, 0),
  mirroring_replication_lsn numeric(25, 0)`,
  ({ instance }) => [...instance.databases.values()].map(({ id }) => ({ database_id: id })),
);

export const mirroringWitnesses = declareView(
  `database_name sysname NOT NULL, principal_server_name sysname NOT NULL, mirror_server_name sysname NOT NULL,
  safety_level tinyint NOT NULL, safety_level_desc nvarchar(60), safety_sequence_number int NOT NULL,
  role_sequence_number int NOT NULL, mirroring_guid uniqueidentifier NOT NULL, family_guid uniqueidentifier NOT NULL,
  is_suspended bit, is_suspended_sequence_number int NOT NULL, partner_sync_state tinyint,
  partner_sync_state_desc nvarchar(60)`,
);

/** Connections of the mirroring endpoint: one for each link that is connected. */
export const mirroringConnections = declareView(
  `connection_id uniqueidentifier, transport_stream_id uniqueidentifier, state smallint, state_desc nvarchar(60),
  connect_time datetime, login_time datetime, authentication_method nvarchar(128), principal_name nvarchar(128),
  remote_user_name nvarchar(128), last_activity_time datetime, is_accept bit, login_state smallint,
  login_state_desc nvarchar(60), peer_certificate_id int, encryption_algorithm smallint,
  encryption_algorithm_desc nvarchar(60), receives_posted smallint, is_receive_flow_controlled bit,
  sends_posted smallint, is_send_flow_controlled bit, total_bytes_sent bigint, total_bytes_received bigint,
  total_fragments_sent bigint, total_fragments_received bigint, total_sends bigint, total_receives bigint,
  peer_arbitration_id uniqueidentifier, address nvarchar(256)`,
  (server, session) => {
    requireServerState(server, session);
    const { instance, network, clock } = server;
    return [...instance.groups.values()]
      .filter((group) => group.isDistributed && network.partnerState(instance, group).connected)
      .map(({ id, created }) => ({
        connection_id: id,
        state: 4,
        state_desc: "CONNECTED",
        connect_time: created,
        login_time: created,
        authentication_method: "CERTIFICATE",
        last_activity_time: clock.now(),
        is_accept: 0,
        login_state: 13,
        login_state_desc: "LOGGED IN",
        encryption_algorithm: 2,
        encryption_algorithm_desc: "AES",
      }));
  },
);

const endpointColumns = `name sysname NOT NULL, endpoint_id int NOT NULL, principal_id int, protocol tinyint NOT NULL,
  protocol_desc nvarchar(60), type tinyint NOT NULL, type_desc nvarchar(60), state tinyint, state_desc nvarchar(60),
  is_admin_endpoint bit NOT NULL`;

/** Nobody can make these endpoints in the lab. */
export const serviceBrokerEndpoints = declareView(
  `${endpointColumns}, is_message_forwarding_enabled bit NOT NULL, message_forwarding_size int NOT NULL,
  connection_auth tinyint NOT NULL, connection_auth_desc nvarchar(60), certificate_id int NOT NULL,
  encryption_algorithm tinyint NOT NULL, encryption_algorithm_desc nvarchar(60)`,
);
export const httpEndpoints = declareView(
  `${endpointColumns}, site nvarchar(128), url_path nvarchar(4000), is_clear_port_enabled bit NOT NULL,
  clear_port int NOT NULL, is_ssl_port_enabled bit NOT NULL, ssl_port int NOT NULL,
  is_anonymous_enabled bit NOT NULL, is_basic_auth_enabled bit NOT NULL, is_digest_auth_enabled bit NOT NULL,
  is_kerberos_auth_enabled bit NOT NULL, is_ntlm_auth_enabled bit NOT NULL, is_integrated_auth_enabled bit NOT NULL,
  authorization_realm nvarchar(128), default_logon_domain nvarchar(128), is_compression_enabled bit NOT NULL`,
);
export const viaEndpoints = declareView(`${endpointColumns}, discriminator nvarchar(128)`);
