/** Statements about logins, users, roles and what they may do. */
export type PrincipalStatement =
  | CreateLogin
  | AlterLogin
  | CreateUser
  | RoleStatement
  | ChangeMembership
  | Grant
  | { readonly kind: "dropLogin" | "dropUser"; readonly name: string; readonly ifExists?: boolean };

export interface CreateLogin {
  readonly kind: "createLogin";
  readonly name: string;
  readonly password?: string;
  readonly mustChange?: boolean;
  /** CHECK_POLICY = OFF. */
  readonly isPolicyOff?: boolean;
  readonly defaultDatabase?: string;
  /** FROM CERTIFICATE. */
  readonly certificate?: string;
  /** FROM EXTERNAL PROVIDER: Microsoft Entra. */
  readonly isExternal?: boolean;
}
export interface AlterLogin {
  readonly kind: "alterLogin";
  readonly name: string;
  readonly enable?: boolean;
  readonly password?: string;
  readonly oldPassword?: string;
  readonly newName?: string;
  readonly defaultDatabase?: string;
}
export interface CreateUser {
  readonly kind: "createUser";
  readonly name: string;
  /** The login; undefined: it has the user's own name. */
  readonly login?: string;
  readonly certificate?: string;
}
export interface RoleStatement {
  readonly kind: "createServerRole" | "dropServerRole";
  readonly name: string;
}
export interface ChangeMembership {
  readonly kind: "alterServerRole";
  readonly name: string;
  readonly action: "add" | "drop";
  readonly member: string;
}
export interface Grant {
  readonly kind: "grant" | "revoke" | "deny";
  /** The permissions in upper case: "VIEW SERVER STATE", "CONNECT". */
  readonly permissions: readonly string[];
  /** The securable, `ENDPOINT::[name]` and the like; without a class it is an OBJECT. */
  readonly on?: { readonly securableClass: string; readonly schema?: string; readonly name: string };
  readonly principals: readonly string[];
}
