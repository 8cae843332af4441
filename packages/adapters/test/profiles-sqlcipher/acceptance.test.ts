import { profileStoreSuite } from '@tacet/client/acceptance/profile-store';
import { openMemoryProfile } from '../../src/profiles-sqlcipher/index.ts';

profileStoreSuite('memory', () => openMemoryProfile());
