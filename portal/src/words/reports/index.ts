import { areaOf } from '../words';
import type en from './en.json';

export const useReports = areaOf<typeof en>('reports');
