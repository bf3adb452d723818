import type { ResultSink, Session } from "../tsql/host";
import type { SqlError } from "../tsql/messages";
import type { SqlType, Typed } from "../tsql/types";

/** The instance as the TDS listener needs it. lab/sql-server implements it; lab/tds knows nothing else of the instance. */
export interface TdsBackend {
  /** Name in ERROR and INFO tokens (@@SERVERNAME). */
  readonly serverName: string;
  /** e.g. "16.0.4175.1", for PRELOGIN and LOGINACK. */
  readonly version: string;
  /** Force Encryption of the network configuration. */
  readonly forceEncryption: boolean;
  /** undefined: the instance is not set up for Microsoft Entra. */
  readonly tokenIssuer?: TokenIssuer;
  login(request: LoginRequest): Promise<LoginAccepted | LoginRefused>;
}
/** Whose tokens an instance takes, and for whom they must be. */
export interface TokenIssuer {
  readonly stsUrl: string;
  readonly servicePrincipalName: string;
}
export interface LoginRequest {
  readonly user: string;
  readonly password: string;
  /** Instead of user and password. */
  readonly token?: string;
  /** The password that the login asks to be changed to. */
  readonly newPassword?: string;
  readonly database: string;
  readonly hostName: string;
  readonly applicationName: string;
  readonly client: ClientConnection;
}
/** The connection behind a login, as far as the instance may know it. */
export interface ClientConnection {
  readonly address: string;
  readonly port: number;
  readonly isEncrypted: boolean;
  readonly packetSize: number;
  readonly tdsVersion: number;
  /** The process of the client on its machine, as it says. */
  readonly processId?: number;
  /** KILL ends the connection. */
  readonly disconnect: () => void;
}
export interface LoginRefused {
  readonly errors: readonly SqlError[];
}
export interface LoginAccepted {
  readonly session: TdsSession;
}

export interface RpcParameter extends Typed {
  /** The name without the @; undefined when given by position. */
  readonly name?: string;
  readonly output: boolean;
}
export interface RpcRequest {
  /** The procedure's name, "sp_executesql" or "sp_prepare", for well-known numbers too. */
  readonly procedure: string;
  readonly parameters: readonly RpcParameter[];
}
export interface RpcSink extends ResultSink {
  returnStatus(value: number): void;
  /** Sends the value of an OUTPUT parameter; `ordinal` is its position in the call, from 0 on. */
  returnValue(ordinal: number, type: SqlType, value: Typed["value"]): void;
}

export interface TdsSession extends Session {
  /**
   * Runs a batch. The sink's `error` sends one error. A SqlError that is thrown is sent with those preceding it,
   * anything else as an internal error of the lab; ConnectionDropped hangs up without an answer. `databaseChanged`
   * includes INFO 5701.
   */
  batch(text: string, sink: ResultSink, signal: AbortSignal): Promise<void>;
  rpc(request: RpcRequest, sink: RpcSink, signal: AbortSignal): Promise<void>;
  /** This and the next three carry out transaction manager requests. */
  beginTransaction(isolationLevel?: string): void;
  saveTransaction?(name: string): void;
  /** Throws 3902. */
  commitTransaction(): void;
  /** Rolls back all of it, or what came after a savepoint. Throws 3903, 6401. */
  rollbackTransaction(savepoint?: string): void;
  /** RESETCONNECTION puts the session back to its state after the login. */
  reset(): void;
  /** Ends the session when the socket is gone. */
  close(): void;
}
