// web · every page under the pointer with the style sheets as the oldest browsers read them: without :has() and more
import { chromium } from '../support/engines/chromium.ts'
import { asReadByFloor } from '../support/oldest-browsers.ts'
import { pointing } from '../support/pointing.ts'

pointing({ ...chromium, name: 'the oldest browsers' }, asReadByFloor)
