/** The arguments a model wrote, read; or the text as it is, and what is wrong with it. */
export function toolInput(text: string): { input: unknown } | { input: string; errorText: string } {
  try {
    return { input: text.trim() === '' ? {} : JSON.parse(text) };
  } catch {
    return { input: text, errorText: 'The model wrote arguments that are not valid JSON.' };
  }
}
