import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { saveDrafts } from './app/drafts.ts';
import { queryClient } from './client/query-client.ts';
import { stayCurrent } from './client/stay-current.ts';
import { Button } from './ui/button.tsx';
import { ErrorBoundary } from './ui/error-boundary.tsx';
import './app/theme.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root".');

window.addEventListener('pagehide', saveDrafts);
stayCurrent();

createRoot(root).render(
  <StrictMode>
    <ErrorBoundary fallback={(retry) => <PageFault onRetry={retry} />}>
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>
    </ErrorBoundary>
  </StrictMode>,
);

function PageFault({ onRetry }: { onRetry: () => void }) {
  return (
    <main className="mx-auto flex max-w-column flex-col items-start gap-3 p-8">
      <h1 className="font-semibold text-lg">The page ran into a fault of its own</h1>
      <p className="text-muted">Your conversations are stored on the server and are not affected.</p>
      <div className="flex gap-2">
        <Button look="primary" onClick={onRetry}>
          Show the page again
        </Button>
        <Button onClick={() => window.location.reload()}>Reload</Button>
      </div>
    </main>
  );
}
