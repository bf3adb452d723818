import { takeKeyPair } from "./key-pool";
import { createSelfSigned } from "./self-signed";

/** What signed SQL Server's own modules: every master has them, without private keys. Two are the genuine certificates. */
export interface SystemCertificate {
  readonly name: string;
  readonly der: Buffer;
}

const authenticator = decode([
  "MIIDFjCCAf6gAwIBAgIQcvMMbyKKM7ZEBefqi7HJSTANBgkqhkiG9w0BAQsFADBHMUUwQwYDVQQDHjwATQBTAF8AUwBRAEwAQQB1AHQAaABlAG",
  "4AdABpAGMAYQB0AG8AcgBDAGUAcgB0AGkAZgBpAGMAYQB0AGUwHhcNMjEwMzIzMDE0NzM4WhcNMjIwMzIzMDE0NzM4WjBHMUUwQwYDVQQDHjwA",
  "TQBTAF8AUwBRAEwAQQB1AHQAaABlAG4AdABpAGMAYQB0AG8AcgBDAGUAcgB0AGkAZgBpAGMAYQB0AGUwggEiMA0GCSqGSIb3DQEBAQUAA4IBDw",
  "AwggEKAoIBAQDG21MOTgVbUC11oeJe5lQDt1SkB5iYAnAY4wMt3UKmfCQ3l9qnN8Mukz5Fgtwrut4W81xB5V7Xe2rGQPfeeI/NYXpZT9akoLxP",
  "L8rITQMfHR9N2CIl6VORhVDfZXYzwfsdXSJ9y/epJBIhZePGf16IqmjqUJurgpZsN3wfPPg6Cur/0Ys8JNYx/hLffRBlmmYBrNVcqpXMV80+Sy",
  "mwEnHw+mRyXiiL6ut3krFf4v0274qGzr86rvzK06hClesB4K13Zhf7QqRwqfWVYBHBG/+4gcl2UGR8c0OTporDeeuRh9662cYfJruK7+WhrVSQ",
  "ENp9vwR47uu01VxYY9szan99AgMBAAEwDQYJKoZIhvcNAQELBQADggEBAMBSeBspns+wuDO13DzJbgydq2kAcI8WBZ4TqKXQdJOnu1UefiUTKE",
  "8Rqo1virhTdLQ6lziDh/yODbRWUNaOYfY04c2G0GT4gxzV41P9bTBAh6YEzrQ4iGa8tkzZXz9F121Kl8TsqhUSIC8kABeEwAJD1jr8QCJHqWH7",
  "SFeLKLvISWpEQaCnK/EnVfHBaBClNyNRD0mJCMgkNA8LGAgWFaLvdbS5T1oi2dG0oKpIMAawqLA19NXQ5f0kfHGZh0w+C9ToDfATunY2vpBhRs",
  "iIscSEinKXl6lxx01n/8apJpePb5o6IirVNPJ6H3/vtI5UwzUFBEe/QdjMtxiJ2Da7asY=",
]);

const smoExtendedSigning = decode([
  "MIIDHjCCAgagAwIBAgIQcznDWIkNiLBNWE6VrUDvoDANBgkqhkiG9w0BAQsFADBLMUkwRwYDVQQDHkAATQBTAF8AUwBtAG8ARQB4AHQAZQBuAG",
  "QAZQBkAFMAaQBnAG4AaQBuAGcAQwBlAHIAdABpAGYAaQBjAGEAdABlMB4XDTIxMDMyMzAxNDczOFoXDTIyMDMyMzAxNDczOFowSzFJMEcGA1UE",
  "Ax5AAE0AUwBfAFMAbQBvAEUAeAB0AGUAbgBkAGUAZABTAGkAZwBuAGkAbgBnAEMAZQByAHQAaQBmAGkAYwBhAHQAZTCCASIwDQYJKoZIhvcNAQ",
  "EBBQADggEPADCCAQoCggEBALeWYWIAMBo+jgallM1F62ZWduIzaCItf39w5kdLYCl4p6PUU4Gyk9b+XE60cphJbNolmdvCZFsqHOsxH8TVrVrh",
  "YuM3d22QuNHjC/K7HRl4OyKqJh66cPv2iW/+NW7Xp+Cepx9ntuIhOs6V6NoSA4ttLSyYbVbKCFnWob2n2gjc/+Ef8eWe2kIlvAolJAUCXkn1w0",
  "tl6WFN+LvXiv4zzRTjLyBD2DPufvbOPmY79DenLeKTPW/GL7Xof2tEOgJXE1wJuDCLIxNYWU7i/To4SzrVt9IrGzXhaC8ozF9/J6Iz1wTn3kYS",
  "a4EeXPTSg1wxbb2aQojaArJIH/j873VPlX0CAwEAATANBgkqhkiG9w0BAQsFAAOCAQEAKVdxF7CWErCFtq5HQXxVYBPe849h5ybh3ukIMyvdUP",
  "gwzkO31h8g4wDlDiMwXJTRnbX/D2bQ57batlEGgKELNGZTNZwbIPIZvx60IXtq7EzQG7lvDoTMnF3G2jJeuJedyp6fYa8cK7Pj2rTefRGFiBhP",
  "+Y/o6APzN0OSRkpkVj0Jerh42wERXNRD6vWLBwXhOh4nAh9sDgEEz1MH3Mp51Mpw8mo/0s6JquCtHAjohKsb2PrzmDoGZ4ILsSJojjDIc5Mvsl",
  "v4XqCyPmUdTbpUNuxvF9dwgy5wQe1ElSiDRw4bWZ/bDlGOZjy9b+15g4SRAaiUl89NDJ/i33+cK+PCGg==",
]);

let made: Promise<readonly SystemCertificate[]> | undefined;

/** The same on every instance, as a build's are. */
export function systemCertificates(): Promise<readonly SystemCertificate[]> {
  made ??= make();
  return made;
}

async function make(): Promise<SystemCertificate[]> {
  const keyPair = await takeKeyPair();
  const selfSigned = async (subject: string): Promise<SystemCertificate> => {
    const request = {
      subject,
      notBefore: new Date("2022-10-08T01:31:52Z"),
      notAfter: new Date("2122-10-08T01:31:52Z"),
      keyPair,
    };
    return { name: `##${subject}##`, der: (await createSelfSigned(request)).der };
  };
  return [
    await selfSigned("MS_SQLResourceSigningCertificate"),
    await selfSigned("MS_SQLReplicationSigningCertificate"),
    { name: "##MS_SQLAuthenticatorCertificate##", der: authenticator },
    await selfSigned("MS_AgentSigningCertificate"),
    await selfSigned("MS_PolicySigningCertificate"),
    { name: "##MS_SmoExtendedSigningCertificate##", der: smoExtendedSigning },
  ];
}

function decode(lines: readonly string[]): Buffer {
  return Buffer.from(lines.join(""), "base64");
}
