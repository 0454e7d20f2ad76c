export const investigation = {};
