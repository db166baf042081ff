// The operator's dashboard.
import { drawWith } from './frame';
import { listenToKeys } from './keys';
import { live } from './live';
import { applyTheme } from './preferences';
import { route, start } from './router';
import { draw, openShell } from './shell';
import { AlertsView } from './views/alerts';
import { IncidentView } from './views/incident';
import { IncidentsView } from './views/incidents';
import { MaintenanceView } from './views/maintenance';
import { MissingView } from './views/missing';
import { NewIncidentView } from './views/new_incident';
import { OverviewView } from './views/overview';
import { ServiceView } from './views/service';
import { SettingsView } from './views/settings';

applyTheme(); // before the first paint

route(/^\/ops\/?$/, (_, query) => new OverviewView(query));
route(/^\/ops\/services\/([^/]+)$/, ([id], query) => new ServiceView(id, query));
route(/^\/ops\/incidents\/?$/, (_, query) => new IncidentsView(query));
route(/^\/ops\/incidents\/new$/, (_, query) => new NewIncidentView(query));
route(/^\/ops\/incidents\/([^/]+)$/, ([id]) => new IncidentView(id));
route(/^\/ops\/maintenance\/?$/, (_, query) => new MaintenanceView(query));
route(/^\/ops\/alerts\/?$/, (_, query) => new AlertsView(query));
route(/^\/ops\/settings\/?$/, () => new SettingsView());

function begin() {
  openShell();
  drawWith(draw);
  listenToKeys();
  start(() => new MissingView());
  live.start();
}

if (document.readyState === 'loading') addEventListener('DOMContentLoaded', begin);
else begin();
