export const guard = {};
