export const auditor = {};
