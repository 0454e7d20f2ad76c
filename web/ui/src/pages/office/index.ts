import type { Page } from '../../app/pages';
import { pages as people } from './people/pages';

export const pages: Page[] = [...people];
