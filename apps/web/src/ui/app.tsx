/** The frame: which screen stands, the banners above it, the regions that are always there. */
import { useLayoutEffect } from 'preact/hooks';
import { go } from '../state/actions.ts';
import { announcements, phase, sheet, status, view } from '../state/store.ts';
import { Banners } from './banners.tsx';
import { Chat } from './chat.tsx';
import { Home } from './home.tsx';
import { onShortcut } from './keys.ts';
import { later } from './later.tsx';
import { MessageMenu } from './message-menu.tsx';
import { Notice } from './notice.tsx';
import { FailedScreen, LockedScreen, OutsideScreen, StartingScreen } from './screens.tsx';
import { Sheets } from './sheets.tsx';
import { Sidebar } from './sidebar.tsx';

const CreateScreen = later((parts) => parts.CreateScreen);
const Invite = later((parts) => parts.Invite);

export function App() {
  return (
    <>
      <Screen />
      {/* A sheet shows it itself: nothing stands above a dialog. */}
      {sheet.value === null && <Notice />}
      <div class="hidden" role="log" aria-label="New messages">
        {announcements.value.map((line, index) => (
          <p key={index}>{line}</p>
        ))}
      </div>
    </>
  );
}

function Screen() {
  switch (phase.value) {
    case 'starting':
      return <StartingScreen />;
    case 'outside':
      return <OutsideScreen />;
    case 'locked':
      return <LockedScreen />;
    case 'new':
      return <CreateScreen />;
    case 'failed':
      return <FailedScreen />;
    case 'open':
      return <Desk />;
  }
}

function Desk() {
  // With the first frame: a key may come before the browser has time for effects.
  useLayoutEffect(() => {
    addEventListener('keydown', onShortcut);
    return () => removeEventListener('keydown', onShortcut);
  }, []);
  const isList = view.value.kind === 'home' && status.value?.network !== null;
  return (
    <div class="desk">
      <Banners />
      <div class={`panes panes-${isList ? 'list' : 'main'}`}>
        <Sidebar />
        <main class="main" data-section={view.value.kind === 'chat' ? undefined : true}>
          <Main />
        </main>
      </div>
      <Sheets />
      <MessageMenu />
    </div>
  );
}

function Main() {
  const current = view.value;
  switch (current.kind) {
    case 'home':
      return <Home />;
    case 'invite':
      return <Invite onBack={() => go({ kind: 'home' })} />;
    case 'chat':
      return <Chat key={current.contactId} contactId={current.contactId} />;
  }
}
