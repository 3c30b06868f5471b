/** What no page may ever do, recorded over a whole test and all of its tabs. */
import { type BrowserContext, expect } from '@playwright/test';

export interface PageWatch {
  /** Fails the test if anything was recorded. */
  expectClean(): void;
}

const REPORT = 'reportViolation';

/** `isOwn` says whether an address belongs to the server under test. */
export async function watchPages(context: BrowserContext, isOwn: (url: URL) => boolean): Promise<PageWatch> {
  const offences: string[] = [];
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:'].includes(url.protocol) && !isOwn(url)) offences.push(`request to ${url}`);
  });
  context.on('dialog', (dialog) => {
    offences.push(`dialog "${dialog.message()}"`);
    void dialog.dismiss();
  });
  context.on('weberror', (event) => offences.push(`uncaught ${event.error()}`));
  context.on('page', (page) => {
    page.on('crash', () => offences.push('the page crashed'));
  });
  await context.exposeBinding(REPORT, (_source, what: string) => void offences.push(what));
  await context.addInitScript((report) => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const send = Reflect.get(window, report) as (what: string) => void;
      send(`content security policy: ${event.violatedDirective} blocked ${event.blockedURI} ${event.sample}`);
    });
  }, REPORT);
  return {
    expectClean: () => expect(offences, 'dialogs, errors, policy violations and foreign requests').toEqual([]),
  };
}
