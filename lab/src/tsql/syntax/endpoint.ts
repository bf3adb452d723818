export interface EndpointStatement {
  readonly kind: "createEndpoint" | "alterEndpoint";
  readonly name: string;
  /** The login that AUTHORIZATION names. */
  readonly owner?: string;
  readonly state?: "STARTED" | "STOPPED" | "DISABLED";
  /** The clause AS TCP (...); undefined where it is missing. */
  readonly tcp?: { readonly port?: number; readonly ip?: string | "ALL" };
  readonly payload?: "DATABASE_MIRRORING" | "SERVICE_BROKER" | "TSQL";
  readonly role?: "PARTNER" | "WITNESS" | "ALL";
  /** The methods in the order written, which is the order in which they are tried. */
  readonly authentication?: readonly (
    | { readonly windows: "NTLM" | "KERBEROS" | "NEGOTIATE" }
    | { readonly certificate: string }
  )[];
  readonly encryption?: {
    readonly mode: "DISABLED" | "SUPPORTED" | "REQUIRED";
    readonly algorithms: readonly ("AES" | "RC4")[];
  };
}

/** ALTER AUTHORIZATION ON ENDPOINT::name TO login. */
export interface AlterAuthorization {
  readonly kind: "alterAuthorization";
  readonly name: string;
  readonly owner: string;
}

export interface DropEndpoint {
  readonly kind: "dropEndpoint";
  readonly name: string;
}
