import 'antd/dist/antd.css';
import { createRoot } from 'react-dom/client';

import { App } from './app/App';
import { client } from './app/client';
import { sessionQuery } from './app/session';

// The page waits a moment for who is signed in, rather than being drawn twice.
await Promise.race([client.prefetchQuery(sessionQuery), new Promise((done) => setTimeout(done, 200))]);
createRoot(document.getElementById('root')!).render(<App />);
