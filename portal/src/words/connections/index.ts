import { areaOf } from '../words';
import type en from './en.json';

export const useConnections = areaOf<typeof en>('connections');
