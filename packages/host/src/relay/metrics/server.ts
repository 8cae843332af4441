/**
 * Serves the export on a port of the loopback interface; off unless the configuration names one.
 * Takes a reading at each whole five minutes of the wall clock.
 */
import { statfsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { listenOn } from '@tacet/adapters/link-tls';
import type { Clock } from '@tacet/base';
import type { ProcessConfig, Running } from '../config/types.ts';
import { LIMITS } from '../limits.ts';
import { totalsOf } from './counts.ts';
import { METRICS_STEP, MetricsExporter, type Reading } from './exporter.ts';

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** @throws `port-in-use`, `port-refused` */
export async function serveMetrics(options: {
  readonly config: ProcessConfig;
  readonly running: Running;
  readonly version: string;
  readonly clock: Clock;
}): Promise<MetricsServer> {
  const { config, clock } = options;
  const exporter = new MetricsExporter();
  exporter.step(readingOf(options));
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const next = METRICS_STEP - (clock.now() % METRICS_STEP);
    timer = setTimeout(() => {
      exporter.step(readingOf(options));
      arm();
    }, Math.ceil(next)).unref();
  };
  arm();
  const server: Server = createServer({ maxHeaderSize: 4_096 }, (request, response) => {
    request.resume();
    const found = request.method === 'GET' && request.url === '/metrics';
    const text = found ? exporter.text() : '';
    response.writeHead(found ? 200 : 404, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      connection: 'close',
    });
    response.end(text);
  });
  server.maxConnections = LIMITS.adminRequests;
  await listenOn(server, '127.0.0.1', config.metricsPort);
  return {
    port: config.metricsPort,
    close: async () => {
      clearTimeout(timer);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function readingOf(options: {
  readonly config: ProcessConfig;
  readonly running: Running;
  readonly version: string;
}): Reading {
  const { config, running, version } = options;
  const { epoch, document, links, leaving } = running.operations.status();
  const { blocks, bavail } = statfsSync(config.data);
  return {
    version,
    role: running.role,
    ready: running.ready().ready,
    documentAge: document === null ? -1 : Math.max(0, epoch - document.epoch),
    links,
    leaving: leaving !== null,
    ...totalsOf(running.counters()),
    capacity: config.role === 'authority' ? 0 : config.capacity,
    clients: running.clients?.() ?? null,
    memoryBytes: process.memoryUsage.rss(),
    disk: 1 - bavail / Math.max(1, blocks),
  };
}
