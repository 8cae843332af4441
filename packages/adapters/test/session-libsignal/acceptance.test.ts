import { sessionPortSuite } from '@tacet/client/acceptance/session-port';
import { createLibsignalSession } from '../../src/session-libsignal/index.ts';

sessionPortSuite('libsignal', () => createLibsignalSession());
