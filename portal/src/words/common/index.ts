import { areaOf } from '../words';
import type en from './en.json';

/** Words of the shell, the session and the components. */
export const useCommon = areaOf<typeof en>('common');
