import { createRoot } from 'react-dom/client';

import { App } from './app/App';
import { firstLanguage, loadTexts } from './language';

await loadTexts(firstLanguage());
createRoot(document.getElementById('root')!).render(<App />);
