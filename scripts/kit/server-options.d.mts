export const serverOptions: string[];
