import { join } from 'node:path';
import { runCommand } from './run-command.js';

/** The PEM files of a certificate: its own CA, valid for localhost and 127.0.0.1 for two days. */
export interface CertificateFiles {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** Makes a self-signed certificate in a folder with the `openssl` program, which must be on PATH. */
export async function createCertificate(folder: string): Promise<CertificateFiles> {
  const certificate = join(folder, 'server.crt');
  const key = join(folder, 'server.key');
  const request =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost';
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
  await runCommand('openssl', [...request.split(' '), '-addext', names, '-keyout', key, '-out', certificate]);
  return { ca: certificate, certificate, key };
}
