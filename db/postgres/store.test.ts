import { describeStore } from '../store.suite'
import { openTemporaryPostgres } from './temporary'

describeStore('PostgreSQL', openTemporaryPostgres)
