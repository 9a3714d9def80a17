/** The playground: the inspector's page, with a panel that opens clients and has them do things. */
import { start } from '../../../adapters/inspector/page/app.tsx';
import { Panel } from './panel.tsx';
import { Play } from './play.ts';

const root = document.getElementById('app');
if (root !== null) {
  const play = new Play();
  const inspection = start(root, { name: 'Playground', view: (seen) => <Panel inspection={seen} play={play} /> });
  play.onChange = () => inspection.onChange();
}
