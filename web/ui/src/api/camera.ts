import { createClient } from '@connectrpc/connect';

import { CameraService } from './menshen/v1/camera_pb';
import { transport } from './transport';

export const camerasApi = createClient(CameraService, transport);
