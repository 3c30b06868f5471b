import { describe, expect, it } from 'vitest';
// @ts-expect-error The scripts run on Node 20 with nothing installed, so they are plain JavaScript without types.
import { playwrightCounts, sentence, vitestCounts } from './counts.mjs';

const failed = { status: 'failed', assertionResults: [{ status: 'failed' }] };
const passed = { status: 'passed', assertionResults: [{ status: 'passed' }] };
const report = { numPassedTests: 1, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0 };

describe('counts of tests', () => {
  it('are said in one line over all suites, with skipped ones only when there are any', () => {
    expect(sentence([{ passed: 2, failed: 0, skipped: 0 }])).toBe('2 passed, 0 failed');
    const two = [
      { passed: 2, failed: 1, skipped: 0 },
      { passed: 3, failed: 0, skipped: 4 },
    ];
    expect(sentence(two)).toBe('5 passed, 1 failed, 4 skipped');
  });

  it('of Vitest hold a file that could not be loaded as a failure', () => {
    expect(vitestCounts({ ...report, testResults: [passed, failed] })).toEqual({ passed: 1, failed: 1, skipped: 0 });
    const unloadable = { status: 'failed', assertionResults: [] };
    expect(vitestCounts({ ...report, testResults: [passed, failed, unloadable] })).toMatchObject({ failed: 2 });
  });

  it('of Playwright hold a test that passed only when repeated, and an error outside of tests, as failures', () => {
    const stats = { expected: 5, unexpected: 1, flaky: 1, skipped: 0 };
    expect(playwrightCounts({ stats, errors: [{}] })).toEqual({ passed: 5, failed: 3, skipped: 0 });
  });
});
