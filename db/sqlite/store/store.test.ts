import { describeStore } from '@/testing/database/store.suite'
import { openTemporary } from '@/testing/database/temporary-sqlite'

describeStore('SQLite', openTemporary)
