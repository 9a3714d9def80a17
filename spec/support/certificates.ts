/** Certificates for one run of a spec, by the `openssl` of the machine. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** In PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function openssl(folder: string, ...args: readonly string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
}

const read = (folder: string, name: string): Certificate => ({
  key: readFileSync(join(folder, `${name}.key`), 'utf8'),
  cert: readFileSync(join(folder, `${name}.pem`), 'utf8'),
});

/** An authority, whose files are `<name>.key` and `<name>.pem` in `folder`. */
export function authority(folder: string, name: string): Certificate {
  const what = ['-subj', `/CN=${name}`, '-addext', 'basicConstraints=critical,CA:TRUE', '-days', '2'];
  openssl(folder, 'req', '-x509', ...KEY, ...what, '-keyout', `${name}.key`, '-out', `${name}.pem`);
  return read(folder, name);
}

/**
 * A server's certificate.
 *
 * @param names - such as `DNS:localhost,IP:127.0.0.1`.
 * @param by - the name of the authority that issues it.
 * @param days - from when to when it is valid, in days from now.
 */
export function issued(
  folder: string,
  name: string,
  names: string,
  by: string,
  [from, to]: readonly [from: number, to: number] = [-1, 2],
): Certificate {
  openssl(folder, 'req', ...KEY, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
  writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${names}\nextendedKeyUsage=serverAuth\n`);
  writeFileSync(join(folder, 'issued'), ''); // what the authority has issued, which it would want to remember
  writeFileSync(join(folder, 'authority.cnf'), AUTHORITY);
  const issuer = ['-cert', `${by}.pem`, '-keyfile', `${by}.key`, '-extfile', `${name}.ext`];
  const period = ['-startdate', date(from), '-enddate', date(to)];
  const what = [...issuer, ...period, '-in', `${name}.csr`, '-out', `${name}.pem`];
  openssl(folder, 'ca', '-batch', '-notext', '-config', 'authority.cnf', ...what);
  return read(folder, name);
}

const AUTHORITY = `[ca]
default_ca=own
[own]
database=issued
new_certs_dir=.
default_md=sha256
policy=any
rand_serial=yes
[any]
commonName=supplied
`;

/** As certificates have it: YYYYMMDDHHMMSSZ. */
const date = (days: number): string =>
  new Date(Date.now() + days * 86_400_000).toISOString().replace(/\.\d+|[-:T]/g, '');

/** A self-signed certificate, and thereby its own authority, that leaves no file. */
export function selfSigned(names = 'IP:127.0.0.1,DNS:localhost'): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'sansocket-'));
  try {
    const what = ['-subj', '/CN=self', '-addext', `subjectAltName=${names}`, '-days', '2'];
    openssl(folder, 'req', '-x509', ...KEY, ...what, '-keyout', 'self.key', '-out', 'self.pem');
    return read(folder, 'self');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
