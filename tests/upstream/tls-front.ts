/**
 * Speaks TLS in front of a scripted upstream, in the ways that go wrong (U3). The certificates are made for tests and
 * secure nothing; `authority.pem` signed all but the self-signed one, and is trusted through NODE_EXTRA_CA_CERTS.
 */
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { createServer } from 'node:tls';
import { fileURLToPath } from 'node:url';

export type TlsFault = 'good' | 'expired' | 'wrong-host' | 'self-signed' | 'old-version';

export interface TlsFront {
  /** `https://127.0.0.1:<port>` */
  url: string;
  close(): Promise<void>;
}

const file = (name: string) => fileURLToPath(new URL(`./tls/${name}.pem`, import.meta.url));

/** For NODE_EXTRA_CA_CERTS. */
export const TLS_AUTHORITY = file('authority');

export async function startTlsFront(port: number, fault: TlsFault): Promise<TlsFront> {
  const old = fault === 'old-version';
  const server = createServer(
    {
      key: readFileSync(file('key')),
      cert: readFileSync(file(old ? 'good' : fault)),
      ...(old ? { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } : {}),
    },
    (socket) => {
      const behind = connect(port, '127.0.0.1');
      socket.pipe(behind).pipe(socket);
      for (const end of [socket, behind]) {
        end.on('error', () => {
          socket.destroy();
          behind.destroy();
        });
      }
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
