/** What lies above the page. Everything but the sidebar is loaded when it is first opened. */
import { lazy, Suspense } from 'react';
import { Button } from '../ui/button.tsx';
import { ErrorBoundary } from '../ui/error-boundary.tsx';
import { Layer } from '../ui/layer.tsx';
import { type Layer as LayerName, useLayers } from './layers.ts';
import { Sidebar } from './sidebar.tsx';
import { ToolButtons } from './tool-buttons.tsx';

const LAZY: Record<
  Exclude<LayerName, 'sidebar'>,
  { title: string; place: 'center' | 'right'; Body: React.ComponentType }
> = {
  settings: { title: 'Settings', place: 'center', Body: lazy(() => import('../features/settings/settings-panel.tsx')) },
  logs: { title: 'Logs', place: 'right', Body: lazy(() => import('../features/logs/log-drawer.tsx')) },
  help: { title: 'Keyboard shortcuts', place: 'center', Body: lazy(() => import('./shortcut-help.tsx')) },
};

export function LayerHost({ currentId, isWide }: { currentId: string | null; isWide: boolean }) {
  const { open, close } = useLayers();
  if (open === null || (open === 'sidebar' && isWide)) return null;
  if (open === 'sidebar') {
    return (
      <Layer title="Menu" bare place="left" onClose={close}>
        <Sidebar currentId={currentId} />
        <div className="flex items-center gap-1 border-hairline border-t p-2">
          <ToolButtons />
        </div>
      </Layer>
    );
  }
  const { title, place, Body } = LAZY[open];
  return (
    <Layer key={open} title={title} place={place} onClose={close}>
      <ErrorBoundary fallback={() => <NotLoaded />}>
        <Suspense fallback={<p className="p-5 text-muted text-sm">Loading…</p>}>
          <Body />
        </Suspense>
      </ErrorBoundary>
    </Layer>
  );
}

/** A part that could not be fetched stays failed for the browser, so only the page can be loaded anew. */
function NotLoaded() {
  return (
    <div className="flex flex-col items-start gap-3 p-5 text-sm">
      <p>This part of the page could not be loaded. The server may be away, or newer than this page.</p>
      <Button onClick={() => window.location.reload()}>Reload the page</Button>
    </div>
  );
}
