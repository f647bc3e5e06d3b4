import { keyringSuite } from './keyring.suite'
import { webSigner } from './signer'

keyringSuite('Web Crypto', webSigner)
