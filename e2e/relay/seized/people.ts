/** People with addresses that nothing else of a network has, as they come to an edge or an authority. */
import { once } from 'node:events';
import { get } from 'node:https';
import { connect, createServer, type Server } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { decodeCard, encodeCard } from '@tacet/directory';
import { formsOfPeer } from '../lib/addresses.ts';
import type { Pattern } from '../lib/memory.ts';
import { PacketClient } from '../lib/packet-client.ts';
import type { ProcessNetwork } from '../lib/processes.ts';
import { edgesOf } from './boxes.ts';

export class People {
  /** Addresses with the ports they came from, as the system keeps them. */
  readonly peers: Pattern[] = [];
  private readonly network: ProcessNetwork;
  private readonly doors: Server[] = [];

  constructor(network: ProcessNetwork) {
    this.network = network;
  }

  /** Through a forwarder whose own socket has that address, so that the edge sees it and no other. */
  async joinFrom(address: string): Promise<PacketClient> {
    const card = decodeCard(this.network.card);
    const [edge] = edgesOf(this.network);
    const door = createServer((near) => {
      const far = connect({ host: '127.0.0.1', port: edge?.port ?? 0, localAddress: address });
      far.once('connect', () => this.peers.push(...formsOfPeer(address, far.localPort ?? 0)));
      near.pipe(far).pipe(near);
      near.on('error', () => far.destroy());
      far.on('error', () => near.destroy());
    });
    this.doors.push(door);
    door.listen(0, '127.0.0.1');
    await once(door, 'listening');
    const { port } = door.address() as { port: number };
    const edges = card.edges.map((one, i) =>
      i === 0 ? { ...one, address: `127.0.0.1:${port}` } : one,
    );
    return PacketClient.join(encodeCard({ ...card, edges }), 0);
  }

  /** Asks an authority for the document, as a relay of that address would. */
  async askAuthority(address: string): Promise<void> {
    const asked = get({
      host: '127.0.0.1',
      port: this.authorityPort(),
      path: '/1/document',
      localAddress: address,
      agent: false,
      rejectUnauthorized: false,
    });
    const [response] = await once(asked, 'response');
    this.peers.push(...formsOfPeer(address, response.socket.localPort));
    if (response.statusCode !== 200) throw new Error(`the authority said ${response.statusCode}`);
    response.resume();
    await once(response, 'end');
  }

  /** What anybody can knock at: the doors of edges, and the authority's. */
  get knockable(): { readonly name: string; readonly port: number }[] {
    return [...edgesOf(this.network), { name: 'authority', port: this.authorityPort() }];
  }

  /** A request that never ends: what stands in it so far is in that process's memory. */
  async tell(port: number, text: string): Promise<TLSSocket> {
    const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false });
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    socket.write(`GET /tacet/1 HTTP/1.1\r\nx-from: ${text}\r\n`);
    return socket;
  }

  close(): void {
    for (const door of this.doors) door.close();
  }

  private authorityPort(): number {
    const { processes } = this.network.description;
    return processes.find(({ role }) => role === 'authority')?.ports[0] ?? 0;
  }
}
