/** The report's page: reads the data that stand in it, and shows them. */
import { render } from 'preact';
import { readHead } from './data/decode.js';
import './style/colours.css';
import './style/page.css';
import './style/sequence.css';
import './style/moment.css';
import './style/panels.css';
import './style/others.css';
import './style/media.css';
import { Report } from './view/report.js';

const root = document.getElementById('app');
if (root !== null) {
  root.textContent = '';
  try {
    render(<Report data={readHead()} />, root);
  } catch (cause) {
    root.textContent = `This report cannot be shown: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}
