import type { Page } from '../../app/pages';
import { carePages } from './care/pages';
import { pages as people } from './people/pages';
import { sitePages } from './site';

export const pages: Page[] = [...sitePages, ...people, ...carePages];
