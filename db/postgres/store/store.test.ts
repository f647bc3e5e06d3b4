import { describeStore } from '@/testing/database/store.suite'
import { openTemporaryPostgres } from '@/testing/database/temporary-postgres'

describeStore('PostgreSQL', openTemporaryPostgres)
