/** The page of the inspector, where `index.html` loads it. */
import { start } from './app.tsx';

const root = document.getElementById('app');
if (root !== null) start(root);
