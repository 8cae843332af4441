import { boxStoreAcceptance } from '@tacet/relay/acceptance';
import { MemoryBoxes } from '@tacet/relay/acceptance/memory-boxes';

boxStoreAcceptance('in memory', { open: async () => new MemoryBoxes(), reopen: null });
