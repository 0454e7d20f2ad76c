import type { operator as zh } from '../zh/operator';

export const operator: typeof zh = {
  accounts: 'Accounts', invite: 'Invite', inviteTitle: 'Invite somebody', chooseRoles: 'Choose at least one role', disabled: 'Disabled', invited: 'Not taken up', active: 'In use', state: 'State', lastSignIn: 'Last signed in', never: 'Never',
  second: 'Second step', link: 'Invitation link', linkHint: 'Give it to the person themselves. It is good once, for three days, and not shown again.', linkDone: 'I gave it to them',
  reset: 'Reset', resetAsk: 'Reset this account?', resetHint: 'Signs it out everywhere, removes its password and second steps, and makes a new link.', disable: 'Disable', disableAsk: 'Disable this account? It is signed out everywhere.', enable: 'Enable',
  devices: 'Devices', deviceTitle: (name) => `Devices of ${name}`, noAccounts: 'There are no accounts yet. Press Invite.',
  status: 'Status', well: 'All is well', doNow: 'What to do', since: (time) => `Since ${time}`, camera: 'Camera', gate: 'Gate', cameraOk: 'Well', cameraBad: 'Not well', figures: 'Figures',
  noCameras: 'There are no cameras yet. Describe them in menshen.yaml and start again.', people: 'People', templates: 'Templates', passes: 'Passes', outbox: 'Passes not yet confirmed', version: 'Version',
};
