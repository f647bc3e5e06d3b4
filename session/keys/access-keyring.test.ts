import { accessKeyringSuite } from './access-keyring.suite'
import { webSigner } from './signer'

accessKeyringSuite('Web Crypto', webSigner)
