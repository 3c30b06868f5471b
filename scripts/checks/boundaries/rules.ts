/** The floors of LightChat: who may not lean on whom, and why. */

/** Paths are from the root; a package is `npm:<name>`, a part of Node is `node:<name>`. `$1` and `$2` in `to` and `toNot` are groups of `from`. */
export interface FloorRule {
  name: string;
  why: string;
  from: RegExp;
  fromNot?: RegExp;
  to: string;
  toNot?: string;
}

const tests = /[.]test[.]tsx?$|\/testing\//;
const adapters = 'providers|store|settings|logging|http|system';

export const floorRules: readonly FloorRule[] = [
  {
    name: 'protocol-is-the-ground',
    why: 'What crosses a process boundary must load in a browser, in Node and in a test: zod only.',
    from: /^packages\/protocol\/src\//,
    fromNot: tests,
    to: '.',
    toNot: '^(packages/protocol/src/|npm:zod$)',
  },
  {
    name: 'engine-is-pure',
    why: 'The engine asks for what it needs through engine/ports.ts: no files, sockets, SQL or clocks.',
    from: /^apps\/server\/src\/engine\//,
    fromNot: tests,
    to: '.',
    toNot: '^(apps/server/src/engine|packages/protocol/src)/',
  },
  {
    name: 'adapters-do-not-meet',
    why: 'Adapters know the ports of the engine, never one another; compose.ts introduces them.',
    from: new RegExp(`^apps/server/src/(${adapters})/`),
    fromNot: tests,
    to: `^apps/server/src/(${adapters})/`,
    toNot: '^apps/server/src/$1/',
  },
  {
    name: 'siblings-do-not-peek',
    why: 'A provider or a store knows itself and its kit; what two of them need lives in the kit.',
    from: /^apps\/server\/src\/(providers|store)\/([^/]+)\//,
    fromNot: tests,
    to: '^apps/server/src/$1/',
    toNot: '^apps/server/src/$1/($2|kit)/',
  },
  {
    name: 'surfaces-do-not-peek',
    why: "A surface knows itself and http/kit; no foreign API's shapes reach another surface.",
    from: /^apps\/server\/src\/http\/surfaces\/([^/]+)\//,
    fromNot: tests,
    to: '^apps/server/src/http/',
    toNot: '^apps/server/src/http/(surfaces/$1|kit)/',
  },
  {
    name: 'kits-know-nobody',
    why: 'What everyone leans on leans on nobody beside it.',
    from: /^apps\/server\/src\/(providers|store|http)\/kit\//,
    fromNot: tests,
    to: '^apps/server/src/$1/',
    toNot: '^apps/server/src/$1/kit/',
  },
  {
    name: 'one-composition-root',
    why: 'main.ts starts and stops; compose.ts alone names every part. (Where the folders are is asked before anything is composed.)',
    from: /^apps\/server\/src\/main[.]ts$/,
    to: `^apps/server/src/(${adapters}|engine)/`,
    toNot: '^apps/server/src/settings/folders[.]ts$',
  },
  {
    name: 'nobody-imports-the-root',
    why: 'A part that imports compose.ts or main.ts holds the whole product by its tail.',
    from: /^(apps|packages)\//,
    fromNot: /^apps\/server\/src\/main[.]ts$|[.]test[.]ts$|\/testing\//,
    to: '^apps/server/src/(compose|main)[.]ts$',
  },
  {
    name: 'features-do-not-meet',
    why: 'A feature that needs what another feature knows takes it from app/ or client/.',
    from: /^apps\/web\/src\/features\/([^/]+)\//,
    to: '^apps/web/src/features/',
    toNot: '^apps/web/src/features/$1/',
  },
  {
    name: 'client-and-markdown-stand-below',
    why: 'client/ and markdown/ serve the features; they know none of them, and no page around them.',
    from: /^apps\/web\/src\/(client|markdown)\//,
    fromNot: tests,
    to: '^apps/web/src/(app|features)/',
  },
  {
    name: 'ui-is-dumb',
    why: 'ui/ shows what it is given. It knows no chat, no network, no store.',
    from: /^apps\/web\/src\/ui\//,
    fromNot: tests,
    to: '^(apps/web/src/(app|features|client|markdown)|packages)/',
  },
  {
    name: 'apps-do-not-meet',
    why: 'Server, web and desktop meet only in packages/protocol.',
    from: /^apps\/([^/]+)\//,
    to: '^apps/',
    toNot: '^apps/$1/',
  },
  {
    name: 'the-page-loads-in-a-browser',
    why: "Node's own modules do not exist there.",
    from: /^apps\/web\/src\//,
    fromNot: tests,
    to: '^node:',
  },
  {
    name: 'no-test-in-production',
    why: 'What ships does not lean on what checks it.',
    from: /^(apps|packages)\//,
    fromNot: /[.](test|contract)[.]tsx?$|\/testing\//,
    to: '^(tests|bench)/|[.](test|contract)[.]tsx?$|/testing/|^npm:(vitest|fast-check|@testing-library)',
  },
];
