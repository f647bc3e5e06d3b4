import { describeStore } from '../store.suite'
import { openTemporary } from './temporary'

describeStore('SQLite', openTemporary)
