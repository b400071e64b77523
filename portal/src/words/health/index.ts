import { areaOf } from '../words';
import type en from './en.json';

export const useHealth = areaOf<typeof en>('health');
