import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { RUNBOOKS_URL } from '../runbooks';

/** All dashboards have it, and link to one another by it. */
const TAG = 'millrace';

export interface Frame {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** What is shown at first, until now. */
  readonly from: string;
  readonly refresh: string;
}

/** A dashboard without panels. */
export const dashboard = ({ uid, title, description, from, refresh }: Frame): DashboardBuilder =>
  new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .time({ from, to: 'now' })
    .refresh(refresh)
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .link(
      new DashboardLinkBuilder('Dashboards')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    )
    .link(new DashboardLinkBuilder('Runbooks').type(DashboardLinkType.Link).url(RUNBOOKS_URL).icon('doc').targetBlank(true));
