/** Certificates for tests, made when they are needed. */
import type { webcrypto } from 'node:crypto';
import './metadata.ts'; // oxlint-disable-line import/no-unassigned-import -- has to run first
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const validity = { notBefore: new Date('2020-01-01'), notAfter: new Date('2120-01-01') };

/** A certificate with its key, in PEM form. */
interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** An authority that signs for tests. */
export interface Authority {
  readonly ca: string;
  /** An identity with this common name and these alternative names. */
  identity(commonName: string, alternatives?: readonly Alternative[]): Promise<Identity>;
}

interface Alternative {
  readonly type: 'dns' | 'ip';
  readonly value: string;
}

/** What a listener on this machine needs. */
const localNames: readonly Alternative[] = [
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '::1' },
];

export async function makeAuthority(name: string): Promise<Authority> {
  const keys = await newKeys();
  const root = await X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: `CN=${name}`,
    signingAlgorithm: algorithm,
    keys,
    extensions: [new BasicConstraintsExtension(true, 0, true)],
  });
  return {
    ca: root.toString('pem'),
    identity: (commonName, alternatives = localNames) => sign(root, keys, commonName, alternatives),
  };
}

async function sign(
  root: X509Certificate,
  rootKeys: webcrypto.CryptoKeyPair,
  commonName: string,
  alternatives: readonly Alternative[],
): Promise<Identity> {
  const keys = await newKeys();
  const extensions =
    alternatives.length > 0 ? [new SubjectAlternativeNameExtension([...alternatives])] : [];
  const certificate = await X509CertificateGenerator.create({
    ...validity,
    subject: [{ CN: [commonName] }],
    issuer: root.subject,
    publicKey: keys.publicKey,
    signingKey: rootKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions,
  });
  return { cert: certificate.toString('pem'), key: await privatePem(keys) };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function privatePem({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> {
  const bytes = Buffer.from(await crypto.subtle.exportKey('pkcs8', privateKey));
  return `-----BEGIN PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END PRIVATE KEY-----\n`;
}
