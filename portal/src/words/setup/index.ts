import { areaOf } from '../words';
import type en from './en.json';

export const useSetup = areaOf<typeof en>('setup');
