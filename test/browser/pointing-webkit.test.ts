// web · every page under the pointer in WebKit
import { webkit } from '../support/engines/webkit.ts'
import { pointing } from '../support/pointing.ts'

pointing(webkit)
