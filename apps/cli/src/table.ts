/** Every command, in the order of help. */
import type { Command } from './command.ts';
import {
  addressCheck,
  addressCreate,
  addressList,
  addressRevoke,
  addressRotate,
  addressShow,
} from './commands/address.ts';
import { alarms } from './commands/alarms.ts';
import { backupCreate, backupRestore, backupStatus, backupTest } from './commands/backup.ts';
import { contactBlock, contactDelete, contactUnblock } from './commands/block.ts';
import { codeSay, codeShow, codeStart, codeStop } from './commands/code.ts';
import { contactDismiss, contactList, contactRename } from './commands/contact.ts';
import {
  conversationArchive,
  conversationList,
  conversationMute,
  conversationPin,
  conversationRead,
  conversationSettings,
  draft,
  messagePin,
  messagePins,
  note,
} from './commands/conversation.ts';
import { down, status, up } from './commands/daemon.ts';
import { echo } from './commands/echo.ts';
import { conversationExport } from './commands/export.ts';
import { fileDecline, fileGet, fileSend, fileWithdraw } from './commands/file.ts';
import { identityCreate, identityDelete, identityList } from './commands/identity.ts';
import { introduce, introductionDecide, introductionList } from './commands/introduce.ts';
import { inviteAccept, inviteCreate, inviteList, inviteRevoke } from './commands/invite.ts';
import { letterDismiss, letterList, letterRetry } from './commands/letter.ts';
import { level, levelPreview, levelSet, levelShow } from './commands/level.ts';
import { linkCheck } from './commands/link.ts';
import { listen } from './commands/listen.ts';
import { data, networkFacts, stats } from './commands/measured.ts';
import { meetCode, meetScan, meetScans } from './commands/meet.ts';
import { messageList } from './commands/message.ts';
import { networkJoin, networkSocks, networkStatus } from './commands/network.ts';
import { open } from './commands/open.ts';
import {
  lock,
  profileCreate,
  profilePassphrase,
  profileRename,
  profileResume,
  unlock,
} from './commands/profile.ts';
import { vaultPromises } from './commands/promises.ts';
import {
  requestAccept,
  requestBlock,
  requestDelete,
  requestList,
  requestSend,
} from './commands/request.ts';
import { rpc } from './commands/rpc.ts';
import { salvage } from './commands/salvage.ts';
import { messageAround, search } from './commands/search.ts';
import { send } from './commands/send.ts';
import { edit, messageHistory, messageShow, react, remove, timer } from './commands/talk.ts';
import { tokenCreate, tokenList, tokenRevoke } from './commands/token.ts';
import { trustNumber, trustSay, trustShow } from './commands/trust.ts';
import { vaultAdd, vaultDuress } from './commands/vault.ts';
import { version } from './commands/version.ts';
import { messageWhy } from './commands/why.ts';
import { wipe } from './commands/wipe.ts';

export const COMMANDS: readonly Command[] = [
  up,
  down,
  status,
  open,
  send,
  react,
  edit,
  remove,
  listen,
  alarms,
  messageList,
  messageAround,
  messagePin,
  messagePins,
  search,
  conversationList,
  conversationPin,
  conversationRead,
  conversationExport,
  conversationArchive,
  conversationMute,
  conversationSettings,
  draft,
  note,
  messageWhy,
  messageShow,
  messageHistory,
  timer,
  letterList,
  letterRetry,
  letterDismiss,
  fileSend,
  fileGet,
  fileDecline,
  fileWithdraw,
  contactList,
  contactRename,
  contactDismiss,
  contactBlock,
  contactUnblock,
  contactDelete,
  trustShow,
  trustNumber,
  trustSay,
  codeStart,
  codeShow,
  codeSay,
  codeStop,
  echo,
  linkCheck,
  meetCode,
  meetScan,
  meetScans,
  introduce,
  introductionList,
  introductionDecide,
  inviteCreate,
  inviteAccept,
  inviteList,
  inviteRevoke,
  addressCreate,
  addressList,
  addressShow,
  addressRotate,
  addressRevoke,
  addressCheck,
  requestSend,
  requestList,
  requestAccept,
  requestDelete,
  requestBlock,
  identityCreate,
  identityList,
  identityDelete,
  networkJoin,
  networkSocks,
  networkStatus,
  networkFacts,
  level,
  levelShow,
  levelPreview,
  levelSet,
  stats,
  data,
  profileCreate,
  profileResume,
  profileRename,
  profilePassphrase,
  vaultAdd,
  vaultDuress,
  vaultPromises,
  backupCreate,
  backupStatus,
  backupTest,
  backupRestore,
  salvage,
  lock,
  unlock,
  wipe,
  tokenCreate,
  tokenList,
  tokenRevoke,
  rpc,
  version,
];
