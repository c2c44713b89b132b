// web · every page under the pointer in Chromium
import { chromium } from '../support/engines/chromium.ts'
import { pointing } from '../support/pointing.ts'

pointing(chromium)
