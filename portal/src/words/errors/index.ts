import { areaOf } from '../words';
import type en from './en.json';

export const useErrors = areaOf<typeof en>('errors');
