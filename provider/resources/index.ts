/**
 * Every resource, one line each: the class that programs use, whose `lifecycle` is the behaviour that the engine runs.
 * To add a resource, make its folder beside this file and add its line here: CONTRIBUTING.md says how.
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
