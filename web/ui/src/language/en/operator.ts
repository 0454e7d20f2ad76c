import type { operator as zh } from '../zh/operator';

export const operator: typeof zh = {
  accounts: 'Accounts', invite: 'Invite', inviteTitle: 'Invite somebody', chooseRoles: 'Choose at least one role', disabled: 'Disabled', invited: 'Not taken up', active: 'In use', state: 'State', lastSignIn: 'Last signed in', never: 'Never',
  second: 'Second step', link: 'Invitation link', linkHint: 'Give it to the person themselves. It is good once, for three days, and not shown again.', linkDone: 'I gave it to them',
  reset: 'Reset', resetAsk: 'Reset this account?', resetHint: 'Signs it out everywhere, removes its password and second steps, and makes a new link.', disable: 'Disable', disableAsk: 'Disable this account? It is signed out everywhere.', enable: 'Enable',
  devices: 'Devices', deviceTitle: (name) => `Devices of ${name}`, noAccounts: 'There are no accounts yet. Press Invite.',
  status: 'Status', well: 'All is well', doNow: 'What to do', since: (time) => `Since ${time}`, camera: 'Camera', gate: 'Gate', cameraOk: 'Well', cameraBad: 'Not well', figures: 'Figures',
  people: 'People', templates: 'Templates', passes: 'Passes', outbox: 'Passes not yet confirmed', version: 'Version',
  cameras: 'Cameras', addCamera: 'Add a camera', find: 'Find in the network', looking: 'Looking, about three seconds…', nobodyFound: 'No ONVIF camera answered. Check that this machine is in the network of the cameras, or type the address.', useIt: 'Use',
  address: 'Address', addressHint: 'The rtsp:// address of a stream, H.264 if there is a choice. A password goes into the address; it is not shown again once it is saved.', cameraId: 'Id', cameraIdHint: 'Small letters, digits and hyphens; do not change it later.',
  direction: 'Who faces it goes', inward: 'In', outward: 'Out', transport: 'Transport', try: 'Try', trying: 'Taking a picture…', tryFirst: 'Try it first, and save it when there is a picture', tryOrChange: 'Try or change', saved: 'Written into the configuration file',
  noCamerasYet: 'There is no camera yet. Choose "Add a camera".', noFile: 'This community is simulated and has no configuration file', noFileHint: 'Run menshen config init, describe site and gates in menshen.yaml, and start again; then cameras can be added here.',
  notYet: 'after the next start', restart: 'Start anew', restartNeeded: (file: string) => `${file} was changed; it is in use after the next start.`, restartAsk: 'Start Menshen anew now? For some seconds nothing is decided, and doors stay as they are.', restarting: 'Starting anew, please wait…',
  removeAsk: (id: string) => `Remove the camera ${id} from the configuration file?`, region: 'Region in which faces count', corner: (n: number) => `Corner ${n}, arrow keys move it`, wholePicture: 'Whole picture', regionHint: 'Click corner by corner to draw the region in which faces count; none is the whole picture.', regionFew: 'A region has at least three corners.',
  pictureOf: (faces: number) => `Picture of the camera with ${faces} face(s)`, pictureFigures: (w: number, h: number, faces: number) => `${w}×${h} pixels, ${faces} face(s).`,
};
