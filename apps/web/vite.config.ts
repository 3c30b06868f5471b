import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm run dev` finds the API; the built page is served by the same server as the API. */
const server = process.env.LIGHTCHAT_SERVER ?? 'http://127.0.0.1:8000';
const apiPaths = ['/runs', '/chat', '/api', '/providers', '/models', '/health', '/config', '/logs', '/v1'];

export default defineConfig({
  plugins: [react(), tailwindcss()],
  server: {
    host: '127.0.0.1',
    port: 5173,
    // The server answers only to its own Host and Origin, so the proxy speaks in its name.
    proxy: Object.fromEntries(
      apiPaths.map((path) => [path, { target: server, changeOrigin: true, headers: { origin: server } }]),
    ),
  },
  build: {
    target: 'es2024',
    // Scripts and styles come from our own origin and nothing is inlined, so that the page needs no lenient policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
