// An address that is no view.
import { html } from 'lit-html';
import type { View } from '../router';

export class MissingView implements View {
  section = '';
  title = () => 'Not found';
  render() {
    return html`<h1 tabindex="-1">There is no such page</h1>
      <p class="lead">It may have been moved, or the address is not whole.</p>
      <p><a class="button" href="/ops/">To the overview</a></p>`;
  }
}
