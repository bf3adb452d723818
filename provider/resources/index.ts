/**
 * Every resource, one line each: the class for programs, whose `lifecycle` is what the engine has done with it. A new one
 * needs its folder and its line here.
 */
export * from "./availability-group/resource";
export * from "./distributed-availability-group/resource";
export * from "./full-recovery-database/resource";
export * from "./instance-link/resource";
export * from "./managed-instance-certificate/resource";
export * from "./master-key/resource";
export * from "./mirroring-endpoint/resource";
export * from "./sql-server-certificate/resource";
export * from "./trust-certificate/resource";
export * from "./trusted-roots/resource";
