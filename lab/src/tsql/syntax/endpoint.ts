export interface EndpointStatement {
  readonly kind: "createEndpoint" | "alterEndpoint";
  readonly name: string;
  /** AUTHORIZATION. */
  readonly owner?: string;
  readonly state?: "STARTED" | "STOPPED" | "DISABLED";
  /** AS TCP (...); undefined when the clause is missing. */
  readonly tcp?: { readonly port?: number; readonly ip?: string | "ALL" };
  readonly payload?: "DATABASE_MIRRORING" | "SERVICE_BROKER" | "TSQL";
  readonly role?: "PARTNER" | "WITNESS" | "ALL";
  /** In the order written, as the order decides which is tried first. */
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
